import { ProviderError, TransportError, type Refused } from '../../providers';

/** What a provider made of a refusal; fails where the call went through or broke in another way. */
export async function refusalOf(call: Promise<unknown>): Promise<Refused> {
	const error = await thrownBy(call);
	if (error instanceof ProviderError) return error.refused;
	throw error;
}

/** The same for a call that no answer came to. */
export async function breakOf(call: Promise<unknown>): Promise<TransportError> {
	const error = await thrownBy(call);
	if (error instanceof TransportError) return error;
	throw error;
}

async function thrownBy(call: Promise<unknown>): Promise<unknown> {
	const went = await call.then((value) => ({ value })).catch((error: unknown) => ({ error }));
	if ('error' in went) return went.error;
	throw new Error(`It went through: ${JSON.stringify(went.value)}`);
}
