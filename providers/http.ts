export interface HttpRequest {
	method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
	/** Absolute. */
	url: string;
	query?: Record<string, string | number>;
	/** Sent as JSON. */
	body?: unknown;
	/** Milliseconds after which no answer is waited for; the client's own unless given. */
	timeoutMs?: number;
	/** Whether a self-signed certificate will do. */
	allowUnauthorizedCerts?: boolean;
	/** Whether a 401 means that the login has run out: the client then logs in again and repeats the request, once. */
	renewsLogin?: boolean;
}

export interface HttpResponse {
	status: number;
	/** Names in lower case. */
	headers: Record<string, string>;
	/** Parsed where it is JSON, else the text. */
	body: unknown;
}

/**
 * Request in, response out, whatever its status; authentication is the client's business.
 * @throws TransportError where no response came
 */
export type HttpClient = (request: HttpRequest) => Promise<HttpResponse>;

/** No response came. */
export class TransportError extends Error {
	readonly code = 'transport';

	/**
	 * @param mayHaveArrived whether the request can have been carried out: false only where no connection came about
	 * @param fix one sentence on what to look at
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
