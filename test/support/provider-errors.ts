import { ProviderError, TransportError, type Refused } from '../../providers';

/** The rejection that a provider returned. @throws if the call succeeded or failed in another way */
export async function refusalOf(call: Promise<unknown>): Promise<Refused> {
	const error = await thrownBy(call);
	if (error instanceof ProviderError) return error.refused;
	throw error;
}

/** The error of a call that got no answer. @throws if the call succeeded or failed in another way */
export async function transportErrorOf(call: Promise<unknown>): Promise<TransportError> {
	const error = await thrownBy(call);
	if (error instanceof TransportError) return error;
	throw error;
}

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
	const result = await call.then((value) => ({ value })).catch((error: unknown) => ({ error }));
	if ('error' in result) return result.error;
	throw new Error(`The call succeeded: ${JSON.stringify(result.value)}`);
}
