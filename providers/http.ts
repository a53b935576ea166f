/** A request to a provider. */
export interface HttpRequest {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** The whole URL without the query. */
	url: string;
	query?: Record<string, string | number>;
	/** Sent as JSON. */
	body?: unknown;
	/** Timeout in milliseconds. The client has a default. */
	timeoutMs?: number;
	/** Whether to accept a self-signed certificate. */
	allowUnauthorizedCerts?: boolean;
	/** True: a 401 means that the login has expired. The client logs in again and repeats the request once. */
	renewsLogin?: boolean;
}

/** A request to the API of one account. */
export interface ApiRequest extends Pick<HttpRequest, 'method' | 'query' | 'body'> {
	/** Follows the account's base URL; starts with a slash. */
	path: string;
}

export interface HttpResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** The parsed JSON; the text if it is not JSON. */
	body: unknown;
	/** Who answered, with the port. */
	host?: string;
}

/**
 * Sends a request with the credential's authentication, and returns the response for any status.
 * @throws TransportError if no response came
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/** No response came. */
export class TransportError extends Error {
	readonly code = 'transport';

	/**
	 * @param mayHaveArrived whether the provider may have carried out the request; false only if there was no connection
	 * @param fix what to check, as a sentence without a full stop
	 */
	constructor(
		message: string,
		readonly mayHaveArrived: boolean,
		readonly fix: string,
		options?: ErrorOptions,
	) {
		super(message, options);
		this.name = 'TransportError';
	}
}
