/** A person with a browser at the address of a sign-in page, without JavaScript: forms, a cookie, and its reloads. */
export class Visitor {
	private cookie: string | undefined;

	constructor(
		private readonly url: string,
		private readonly headers: Record<string, string> = {},
	) {}

	open(): Promise<Visit> {
		return this.request({ method: 'GET' });
	}

	post(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<Visit> {
		const sent = { origin: 'null', 'sec-fetch-site': 'same-origin', ...headers };
		return this.request({ method: 'POST', body: new URLSearchParams(fields), headers: sent });
	}

	private async request(init: RequestInit & { headers?: Record<string, string> }): Promise<Visit> {
		const cookie = this.cookie === undefined ? {} : { cookie: this.cookie };
		const response = await fetch(this.url, { ...init, headers: { ...this.headers, ...cookie, ...init.headers } });
		const [setCookie] = response.headers.getSetCookie();
		if (setCookie !== undefined) this.cookie = setCookie.split(';')[0];
		return { status: response.status, headers: response.headers, setCookie, html: await response.text() };
	}
}

export interface Visit {
	status: number;
	headers: Headers;
	setCookie: string | undefined;
	html: string;
}

export function headingIn({ html }: Visit): string | undefined {
	return /<h1[^>]*>(?:<bdi>)?([^<]*)/.exec(html)?.[1];
}

/** The verification that the form of the code names. */
export function idIn({ html }: Visit): string {
	return /name="verificationId"\s+value="([^"]*)"/.exec(html)?.[1] ?? '';
}
