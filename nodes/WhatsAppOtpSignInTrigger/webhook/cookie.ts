import type { IWebhookFunctions } from 'n8n-workflow';

type Request = Pick<ReturnType<IWebhookFunctions['getRequestObject']>, 'headers' | 'secure'>;

const name = 'whatsapp-otp-sign-in';

/** Seconds: as long as a verification can be pending, and as long as a reload shows that it succeeded. */
const lifetimes = { pending: 600, done: 60 };

/** The verification that this browser has begun. The value comes from the request, so it proves nothing. */
export function verificationIn({ headers }: Request): string | undefined {
	const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
	const value = pairs.find(([key]) => key === name)?.[1];
	return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

/**
 * The cookie has no `Path`, so the browser takes the folder of the page. This is right behind every proxy.
 * @param verificationId undefined to remove the cookie
 */
export function verificationCookie(
	request: Request,
	verificationId: string | undefined,
	state: keyof typeof lifetimes,
): string {
	const lifetime = verificationId === undefined ? 0 : lifetimes[state];
	const secure = request.secure ? '; Secure' : '';
	return `${name}=${verificationId ?? ''}; Max-Age=${lifetime}; HttpOnly; SameSite=Lax${secure}`;
}
