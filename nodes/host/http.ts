import type {
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';
import { z } from 'zod';

import { TransportError, type HttpClient, type HttpRequest, type HttpResponse } from '../../providers';

/** Milliseconds; n8n's own default of five minutes would outlive the code. */
const timeout = 20_000;

type Host = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions;

const response = z.object({
	statusCode: z.number(),
	headers: z.record(z.unknown()).default({}),
	body: z.unknown(),
});

/** n8n's own HTTP helper, with its proxies, guards and credentials, as the function that providers call. */
export function httpClient(host: Host, credential: string): HttpClient {
	return async (request) => {
		try {
			const answer: unknown = await host.helpers.httpRequestWithAuthentication.call(
				host,
				credential,
				optionsOf(request),
			);
			return toResponse(response.parse(answer));
		} catch (error) {
			throw explainTransport(error, request);
		}
	};
}

function optionsOf({ method, url, query, body, allowUnauthorizedCerts = false }: HttpRequest): IHttpRequestOptions {
	return {
		method,
		url,
		...(query === undefined ? {} : { qs: query }),
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
		headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
		...(allowUnauthorizedCerts ? { skipSslCertificateValidation: true } : {}),
		encoding: 'text',
		timeout,
		returnFullResponse: true,
		ignoreHttpStatusErrors: true,
		disableFollowRedirect: true,
	};
}

function toResponse({ statusCode, headers, body }: z.output<typeof response>): HttpResponse {
	return {
		status: statusCode,
		headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
		body: typeof body === 'string' ? parsed(body) : body,
	};
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/** What Node and axios call the ways in which no connection comes about: nothing was sent. */
const unsent: Record<string, string> = {
	ECONNREFUSED: 'refused the connection',
	ENOTFOUND: 'was not found',
	EAI_AGAIN: 'could not be looked up',
	EHOSTUNREACH: 'can not be reached',
	ENETUNREACH: 'can not be reached',
	CERT_HAS_EXPIRED: 'has an expired certificate',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'has a self-signed certificate',
	SELF_SIGNED_CERT_IN_CHAIN: 'has a self-signed certificate',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate of an unknown authority',
	ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate of another host',
	ERR_INVALID_URL: 'is not an address',
};

function explainTransport(error: unknown, { url }: HttpRequest): unknown {
	const host = URL.canParse(url) ? new URL(url).host : url;
	const text = error instanceof Error ? error.message : '';
	if (/SSRF|blocked by .*(policy|protection)|not allowed to access/i.test(text)) {
		return new TransportError(
			`n8n may not call ${host}`,
			false,
			'Add the host to N8N_SSRF_ALLOWED_HOSTNAMES of n8n, which keeps nodes from private addresses',
			{ cause: error },
		);
	}
	const codes = codesOf(error);
	const reason = codes.map((code) => unsent[code]).find((known) => known !== undefined);
	if (reason !== undefined) {
		return new TransportError(`${host} ${reason}`, false, "Check 'Base URL' in the credential and n8n's network", {
			cause: error,
		});
	}
	if (codes.length === 0) return error;
	const late = codes.some((code) => code === 'ETIMEDOUT' || code === 'ECONNABORTED');
	return new TransportError(
		late ? `${host} did not answer within ${timeout / 1000} seconds` : `${host} broke off before it answered`,
		true,
		"Look at the provider's status page and try again later",
		{ cause: error },
	);
}

const coded = z.object({ code: z.string().optional().catch(undefined), cause: z.unknown() });

/** n8n wraps what axios threw, so the code may stand on a cause further down. */
function codesOf(error: unknown, depth = 0): string[] {
	const read = coded.safeParse(error).data;
	if (read === undefined || depth > 4) return [];
	return [...(read.code === undefined ? [] : [read.code]), ...codesOf(read.cause, depth + 1)];
}
