import type {
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestHelper,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
} from 'n8n-workflow';
import { z } from 'zod';
import { ProviderError, TransportError, type HttpClient, type HttpRequest, type HttpResponse } from '../../providers';

/** Milliseconds; n8n's own default of five minutes would outlive the code. */
const usualTimeout = 20_000;

type Host = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions;

const response = z.object({
	statusCode: z.number(),
	headers: z.record(z.unknown()).default({}),
	body: z.unknown(),
});

/** n8n's own HTTP helper, with its proxies, guards and credentials, as the function that providers call. */
export function httpClient(host: Host, credential: string): HttpClient {
	return async (request) => {
		const options = optionsOf(request);
		try {
			return toResponse(await host.helpers.httpRequestWithAuthentication.call(host, credential, options));
		} catch (error) {
			const refused = refusedLogin(error);
			if (refused !== undefined) return refused;
			throw explainTransport(error, request);
		}
	};
}

/** The same for a credential that logs in: with a name and a password instead of itself. */
export function loginClient({ helpers }: IHttpRequestHelper, username: string, password: string): HttpClient {
	return async (request) => {
		try {
			return toResponse(await helpers.httpRequest({ ...optionsOf(request), auth: { username, password } }));
		} catch (error) {
			throw explainTransport(error, request);
		}
	};
}

function optionsOf(request: HttpRequest): IHttpRequestOptions {
	const { method, url, query, body, allowUnauthorizedCerts = false, renewsLogin = false } = request;
	return {
		method,
		url,
		...(query === undefined ? {} : { qs: query }),
		...(body === undefined ? {} : { body: JSON.stringify(body) }),
		headers: { Accept: 'application/json', ...(body === undefined ? {} : { 'Content-Type': 'application/json' }) },
		...(allowUnauthorizedCerts ? { skipSslCertificateValidation: true } : {}),
		encoding: 'text',
		timeout: request.timeoutMs ?? usualTimeout,
		returnFullResponse: true,
		// n8n renews a login only when it sees the 401 thrown.
		ignoreHttpStatusErrors: renewsLogin ? { ignore: true, except: [401] } : true,
		disableFollowRedirect: true,
	};
}

function toResponse(answer: unknown): HttpResponse {
	const { statusCode, headers, body } = response.parse(answer);
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
	EPROTO: 'does not speak TLS on this port',
	CERT_HAS_EXPIRED: 'has an expired certificate',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'has a self-signed certificate',
	SELF_SIGNED_CERT_IN_CHAIN: 'has a self-signed certificate',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate of an unknown authority',
	ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate of another host',
	ERR_INVALID_URL: 'is not an address',
};

/** What a provider throws for it, however deep n8n has wrapped what the network said. */
export function explainTransport(error: unknown, { url, timeoutMs = usualTimeout }: HttpRequest): unknown {
	const explained = causesOf(error).find((cause) => cause instanceof ProviderError || cause instanceof TransportError);
	if (explained !== undefined) return explained;
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
		const fix = reason.includes('certificate')
			? "Give the server a certificate that n8n can check, or turn on 'Ignore SSL Issues' in a credential that has it"
			: "Check 'Base URL' in the credential and n8n's network";
		return new TransportError(`${host} ${reason}`, false, fix, { cause: error });
	}
	if (codes.length === 0) return error;
	const late = codes.some((code) => code === 'ETIMEDOUT' || code === 'ECONNABORTED');
	return new TransportError(
		late ? `${host} did not answer within ${timeoutMs / 1000} seconds` : `${host} broke off before it answered`,
		true,
		"Look at the provider's status page and try again later",
		{ cause: error },
	);
}

const coded = z.object({ code: z.string() });
const caused = z.object({ cause: z.unknown() });
const thrown = z.object({
	response: z.object({ status: z.literal(401), headers: z.record(z.unknown()).default({}), data: z.unknown() }),
});

/** The second 401, after the new login: the one status that n8n was asked to throw. */
function refusedLogin(error: unknown): HttpResponse | undefined {
	for (const cause of causesOf(error)) {
		const { response: refused } = thrown.safeParse(cause).data ?? {};
		if (refused !== undefined) {
			return toResponse({ statusCode: refused.status, headers: { ...refused.headers }, body: refused.data });
		}
	}
	return undefined;
}

function codesOf(error: unknown): string[] {
	return causesOf(error).flatMap((cause) => coded.safeParse(cause).data?.code ?? []);
}

/** An error and what stands behind it; n8n wraps what axios threw. */
function causesOf(error: unknown, depth = 0): unknown[] {
	if (error === undefined || depth > 5) return [];
	return [error, ...causesOf(caused.safeParse(error).data?.cause, depth + 1)];
}
