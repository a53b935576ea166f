import type { IWebhookFunctions } from 'n8n-workflow';

type Request = Pick<ReturnType<IWebhookFunctions['getRequestObject']>, 'headers' | 'secure'>;

const name = 'whatsapp-otp-sign-in';

/** Seconds: as long as a verification can be pending, and as long as a reload shows that it succeeded. */
const lifetimes = { pending: 600, done: 60 };

/** The verification that this browser has begun, or its visit. The value comes from the request and proves nothing. */
export function verificationIn({ headers }: Request): string | undefined {
	const pairs = (headers.cookie ?? '').split(';').map((pair) => pair.trim().split('='));
	const value = pairs.find(([key]) => key === name)?.[1];
	return value !== undefined && /^[\w-]{1,64}$/.test(value) ? value : undefined;
}

/** The cookie has no `Path`, so the browser takes the folder of the page. This is right behind every proxy. */
export function verificationCookie(request: Request, value: string, state: keyof typeof lifetimes): string {
	const secure = request.secure ? '; Secure' : '';
	return `${name}=${value}; Max-Age=${lifetimes[state]}; HttpOnly; SameSite=Lax${secure}`;
}
