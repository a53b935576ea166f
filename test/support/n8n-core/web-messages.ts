import { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { parseIncomingMessage } from '@n8n/backend-network';

/** A request as a webhook gets it from n8n's body reader. */
export class WebRequest extends IncomingMessage {
	body: unknown = {};
	params: Record<string, string> = {};
	query: Record<string, string> = {};

	/** The caller's address, as express gives it without a proxy. */
	get ip(): string | undefined {
		return this.socket.remoteAddress;
	}

	get originalUrl(): string {
		return this.url ?? '';
	}

	get path(): string {
		return this.address.pathname;
	}

	private get address(): URL {
		return new URL(this.originalUrl, `http://${this.headers.host}`);
	}

	/** To be called first. Node sets the headers after the constructor has run. */
	interpret(): void {
		parseIncomingMessage(this);
		this.query = Object.fromEntries(this.address.searchParams);
	}

	/** Sets `rawBody`, which is undefined before, in spite of its type: n8n reads no body that it cannot parse. */
	override async readRawBody(): Promise<void> {
		this.rawBody ??= await buffer(this);
	}

	get(name: string): string | undefined {
		return this.headersDistinct[name.toLowerCase()]?.join(', ');
	}

	header(name: string): string | undefined {
		return this.get(name);
	}
}

/** The methods of express's response that webhooks use, with the content types of express 5. */
export class WebResponse extends ServerResponse<WebRequest> {
	status(code: number): this {
		this.statusCode = code;
		return this;
	}

	set(fields: string | Record<string, string>, value = ''): this {
		const given = typeof fields === 'string' ? { [fields]: value } : fields;
		for (const [name, text] of Object.entries(given)) this.setHeader(name, text);
		return this;
	}

	header(name: string, value: string): this {
		return this.set(name, value);
	}

	type(name: string): this {
		const short: Record<string, string> = { html: 'text/html', json: 'application/json', text: 'text/plain' };
		return this.set('content-type', `${short[name] ?? name}; charset=utf-8`);
	}

	send(body?: unknown): this {
		if (typeof body !== 'string' && !(body instanceof Uint8Array) && body !== undefined) return this.json(body);
		if (!this.hasHeader('content-type') && body !== undefined) {
			this.set('content-type', typeof body === 'string' ? 'text/html; charset=utf-8' : 'application/octet-stream');
		}
		return this.end(body);
	}

	json(body?: unknown): this {
		if (!this.hasHeader('content-type')) this.type('json');
		return this.end(JSON.stringify(body));
	}

	redirect(...args: [url: string] | [status: number, url: string]): this {
		const [status, url] = args.length === 1 ? [302, args[0]] : args;
		return this.status(status).set('location', url).type('text').end(`Redirecting to ${url}`);
	}

	sendStatus(code: number): this {
		return this.status(code).type('text').end(String(code));
	}
}
