import { Agent } from 'node:https';
import axios from 'axios';
import { explainTransport } from '../../nodes/shared/http';
import type { HttpClient } from '../../providers';

/**
 * The HTTP function that providers get, without n8n. It returns an answer with any status.
 * @param headers the headers that the credential would add
 * @throws TransportError if the connection fails
 */
export function axiosHttp(headers: Record<string, string> = {}, timeout = 60_000): HttpClient {
	return async (request) => {
		const { method, url, query, body, allowUnauthorizedCerts = false } = request;
		try {
			const response = await axios.request<string>({
				method,
				url,
				params: query,
				data: body === undefined ? undefined : JSON.stringify(body),
				headers: { Accept: 'application/json', 'Content-Type': 'application/json', ...headers },
				httpsAgent: new Agent({ rejectUnauthorized: !allowUnauthorizedCerts }),
				proxy: false,
				maxRedirects: 0,
				timeout,
				responseType: 'text',
				transformResponse: (text: string) => text,
				validateStatus: () => true,
			});
			const { status, data } = response;
			return { status, headers: lowerCased(response.headers), body: parsed(data), host: new URL(url).host };
		} catch (error) {
			throw explainTransport(error, request);
		}
	};
}

function lowerCased(headers: object): Record<string, string> {
	return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
