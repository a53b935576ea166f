import axios from 'axios';
import { z } from 'zod';
import { accounts } from '../../sandbox/accounts';

export interface Reply {
	status: number;
	headers: unknown;
	data: unknown;
}

interface Options {
	params?: object;
	timeout?: number;
	headers?: Record<string, string>;
}

/** A caller that returns answers with any status. A body that is a string is sent unchanged. */
export function callerOf(baseURL: string, headers: Record<string, string> = {}) {
	const json = { 'content-type': 'application/json', ...headers };
	const http = axios.create({ baseURL, proxy: false, validateStatus: () => true, headers: json });
	const call = async (method: string, url: string, body?: unknown, options: Options = {}): Promise<Reply> => {
		// As bytes, because axios would turn a string into JSON.
		const text = typeof body === 'string' ? body : JSON.stringify(body);
		const data = body === undefined ? undefined : Buffer.from(text);
		return await http.request<unknown>({ method, url, data, ...options });
	};
	return {
		get: (path: string, params: object = {}) => call('GET', path, undefined, { params }),
		post: (path: string, body?: unknown, options?: Options) => call('POST', path, body, options),
		put: (path: string, body: unknown) => call('PUT', path, body),
		patch: (path: string, body: unknown) => call('PATCH', path, body),
		delete: (path: string) => call('DELETE', path),
	};
}

export type Caller = ReturnType<typeof callerOf>;

/** A caller of the sandbox's 360dialog account. */
export function dialog360At(url: string, apiKey: string = accounts.dialog360.apiKey): Caller {
	return callerOf(`${url}/360dialog`, { 'D360-API-KEY': apiKey });
}

const sent = z.object({ messages: z.tuple([z.object({ id: z.string() })]) });
const metaError = z.object({
	error: z.object({
		message: z.string(),
		type: z.literal('OAuthException'),
		code: z.number(),
		fbtrace_id: z.string(),
		error_data: z.object({ messaging_product: z.literal('whatsapp'), details: z.string() }).optional(),
	}),
});
const configsError = z.object({
	meta: z.object({
		success: z.literal(false),
		http_code: z.number(),
		developer_message: z.string(),
		details: z.array(z.string()).default([]),
	}),
});

/** These readers also expect the documented shape of the answer. */
export const messageIdIn = ({ data }: Reply): string => sent.parse(data).messages[0].id;
export const metaErrorIn = ({ data }: Reply) => metaError.parse(data).error;
export const configsErrorIn = ({ data }: Reply) => configsError.parse(data).meta;
