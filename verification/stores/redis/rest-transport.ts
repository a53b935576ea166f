import { z } from 'zod';
import { RedisReplyError, type RedisTransport } from './transport';

export interface RestRequest {
	method: 'POST';
	url: string;
	headers: Record<string, string>;
	/** JSON. */
	body: string;
	/** Milliseconds. */
	timeout: number;
}

export interface RestResponse {
	status: number;
	/** Parsed if it is JSON, else the text. */
	body: unknown;
}

/**
 * Makes a request and returns the response, with any status.
 * @throws if there was no response, with the network's `code` on the error or on one of its causes
 */
export type RestClient = (request: RestRequest) => Promise<RestResponse>;

export interface RestAddress {
	/** Of the database, for example https://eu1-example-12345.upstash.io. */
	url: string;
	token: string;
}

/** Milliseconds that an answer may take. */
const defaultTimeoutMs = 5000;

const refusal = z.object({ error: z.string() });
const success = z.object({ result: z.unknown() }).refine((body) => 'result' in body);

/** A Redis behind the REST protocol of Upstash. A command is a JSON list; the answer holds `result` or `error`. */
export function restTransport(
	{ url, token }: RestAddress,
	client: RestClient,
	timeoutMs = defaultTimeoutMs,
): RedisTransport {
	const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: 'application/json' };
	return {
		isCluster: false,
		async send(_key, command) {
			const request = { method: 'POST', url, headers, body: JSON.stringify(command), timeout: timeoutMs } as const;
			const { status, body } = await client(request);
			if (status === 401) throw new RedisReplyError('unauthorized');
			const refused = refusal.safeParse(body).data;
			if (refused !== undefined) throw new RedisReplyError(refused.error);
			const done = success.safeParse(body).data;
			if (done === undefined) throw new RedisReplyError(`no REST protocol: HTTP ${status}`);
			return done.result;
		},
		close: async () => undefined,
	};
}
