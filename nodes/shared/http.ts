import type {
	IExecuteFunctions,
	IHookFunctions,
	IHttpRequestHelper,
	IHttpRequestOptions,
	ILoadOptionsFunctions,
	IWebhookFunctions,
} from 'n8n-workflow';
import { z } from 'zod';
import { ProviderError, TransportError, type HttpClient, type HttpRequest, type HttpResponse } from '../../providers';
import { jsonOrText } from './json-or-text';
import { omitUndefined } from './omit-undefined';

/** Milliseconds. n8n's default of five minutes is longer than a code is valid. */
const defaultTimeout = 20_000;

type Host = IExecuteFunctions | IHookFunctions | ILoadOptionsFunctions | IWebhookFunctions;

const response = z.object({
	statusCode: z.number(),
	headers: z.record(z.unknown()).default({}),
	body: z.unknown(),
});

/** Lets a provider call its API through n8n's HTTP helper, with n8n's proxies, guards and credentials. */
export function httpClient(host: Host, credential: string): HttpClient {
	return async (request) => {
		const options = optionsOf(request);
		try {
			return toResponse(await host.helpers.httpRequestWithAuthentication.call(host, credential, options), request);
		} catch (error) {
			const refusal = loginRefusal(error, request);
			if (refusal !== undefined) return refusal;
			throw explainTransport(error, request);
		}
	};
}

/** The same for a login: with a username and a password in place of a credential. */
export function loginClient(host: IHttpRequestHelper, username: string, password: string): HttpClient {
	return plainClient(host, { auth: { username, password } });
}

/** The same without a credential. */
export function plainClient({ helpers }: IHttpRequestHelper, more: Pick<IHttpRequestOptions, 'auth'> = {}): HttpClient {
	return async (request) => {
		try {
			return toResponse(await helpers.httpRequest({ ...optionsOf(request), ...more }), request);
		} catch (error) {
			throw explainTransport(error, request);
		}
	};
}

const json = 'application/json';

function optionsOf(request: HttpRequest): IHttpRequestOptions {
	const { method, url, query, body, allowUnauthorizedCerts, renewsLogin = false } = request;
	return omitUndefined({
		method,
		url,
		qs: query,
		body: body === undefined ? undefined : JSON.stringify(body),
		headers: body === undefined ? { Accept: json } : { Accept: json, 'Content-Type': json },
		skipSslCertificateValidation: allowUnauthorizedCerts,
		encoding: 'text',
		timeout: request.timeoutMs ?? defaultTimeout,
		returnFullResponse: true,
		// n8n renews a login only when a 401 is thrown.
		ignoreHttpStatusErrors: renewsLogin ? { ignore: true, except: [401] } : true,
		disableFollowRedirect: true,
	} as const);
}

function toResponse(answer: unknown, { url }: HttpRequest): HttpResponse {
	const { statusCode, headers, body } = response.parse(answer);
	return {
		status: statusCode,
		headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)])),
		body: jsonOrText(body),
		host: hostOf(url),
	};
}

const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url);

/** Error codes of Node and axios for a connection that failed, so that nothing was sent. The host is the subject. */
const connectionFailures: Record<string, string> = {
	ECONNREFUSED: 'refused the connection',
	ENOTFOUND: 'was not found',
	EAI_AGAIN: 'could not be looked up',
	EHOSTUNREACH: 'cannot be reached',
	ENETUNREACH: 'cannot be reached',
	EPROTO: 'does not speak TLS on this port',
	CERT_HAS_EXPIRED: 'has an expired certificate',
	DEPTH_ZERO_SELF_SIGNED_CERT: 'has a self-signed certificate',
	SELF_SIGNED_CERT_IN_CHAIN: 'has a self-signed certificate',
	UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'has a certificate from an unknown authority',
	ERR_TLS_CERT_ALTNAME_INVALID: 'has a certificate for another host',
	ERR_INVALID_URL: 'is not a valid URL',
};

/** Turns an error of the network, which n8n may have wrapped several times, into a TransportError. */
export function explainTransport(error: unknown, { url, timeoutMs = defaultTimeout }: HttpRequest): unknown {
	const explained = causesOf(error).find((cause) => cause instanceof ProviderError || cause instanceof TransportError);
	if (explained !== undefined) return explained;
	const host = hostOf(url);
	const text = error instanceof Error ? error.message : '';
	if (/SSRF|blocked by .*(policy|protection)|not allowed to access/i.test(text)) {
		return new TransportError(
			`n8n is not allowed to call ${host}`,
			false,
			"Add the host to n8n's variable N8N_SSRF_ALLOWED_HOSTNAMES: n8n blocks calls to private addresses",
			{ cause: error },
		);
	}
	const codes = codesOf(error);
	const reason = codes.map((code) => connectionFailures[code]).find((known) => known !== undefined);
	if (reason !== undefined) {
		const fix = reason.includes('certificate')
			? "Install a certificate that n8n trusts, or turn on 'Ignore SSL Issues' if the credential has this option"
			: "Check 'Base URL' in the credential and the network of n8n";
		return new TransportError(`${host} ${reason}`, false, fix, { cause: error });
	}
	if (codes.length === 0) return error;
	const isTimeout = codes.some((code) => code === 'ETIMEDOUT' || code === 'ECONNABORTED');
	return new TransportError(
		isTimeout
			? `${host} did not answer within ${timeoutMs / 1000} seconds`
			: `${host} closed the connection before it answered`,
		true,
		"Check the provider's status page and try again later",
		{ cause: error },
	);
}

const coded = z.object({ code: z.string() });
const caused = z.object({ cause: z.unknown() });
const thrown = z.object({
	response: z.object({ status: z.literal(401), headers: z.record(z.unknown()).default({}), data: z.unknown() }),
});

/** The answer 401 that came after a new login, too. No other status is thrown (see `ignoreHttpStatusErrors`). */
function loginRefusal(error: unknown, request: HttpRequest): HttpResponse | undefined {
	for (const cause of causesOf(error)) {
		const { response: refusal } = thrown.safeParse(cause).data ?? {};
		if (refusal !== undefined) {
			const { status: statusCode, headers, data: body } = refusal;
			return toResponse({ statusCode, headers: { ...headers }, body }, request);
		}
	}
	return undefined;
}

function codesOf(error: unknown): string[] {
	return causesOf(error).flatMap((cause) => coded.safeParse(cause).data?.code ?? []);
}

/** An error and its chain of causes: n8n wraps the errors of axios. */
function causesOf(error: unknown, depth = 0): unknown[] {
	if (error === undefined || depth > 5) return [];
	return [error, ...causesOf(caused.safeParse(error).data?.cause, depth + 1)];
}
