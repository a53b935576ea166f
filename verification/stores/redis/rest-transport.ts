import { z } from 'zod';
import { RedisReplyError, type RedisLink } from './transport';

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
	/** Parsed where it is JSON, else the text. */
	body: unknown;
}

/**
 * Request in, response out, whatever its status.
 * @throws where no response came, with the network's `code` on the error or on a cause of it
 */
export type RestClient = (request: RestRequest) => Promise<RestResponse>;

export interface RestAddress {
	/** The database's own, such as https://eu1-example-12345.upstash.io. */
	url: string;
	token: string;
}

/** Milliseconds that an answer may take. */
const usualPatience = 5000;

const refusal = z.object({ error: z.string() });
const success = z.object({ result: z.unknown() }).refine((body) => 'result' in body);

/** A Redis behind the REST protocol of Upstash: a command is a JSON list, its answer `result` or `error`. */
export function restLink({ url, token }: RestAddress, client: RestClient, timeout = usualPatience): RedisLink {
	const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', Accept: 'application/json' };
	return {
		isCluster: false,
		async send(_key, command) {
			const request = { method: 'POST', url, headers, body: JSON.stringify(command), timeout } as const;
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
