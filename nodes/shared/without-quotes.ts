import type { Refused } from '../../providers';
import { redact } from './redact';
import { redactNumbers } from './redact-numbers';

/** What a provider may quote. */
export interface Quotable {
	code?: string;
	/** In E.164. */
	to: string;
}

/**
 * Removes the code and the number from a refusal. The provider's words may quote the request, and so may what it has in
 * the place of an error code, which our sentence can name (docs/reference/verification-rules.md 1.13).
 */
export function withoutQuotes(refused: Refused, { code, to }: Quotable): Refused {
	const secrets = [...(code === undefined ? [] : [code]), to, to.slice(1)];
	const clean = <Words extends Pick<Refused, 'title' | 'details'>>(words: Words) =>
		redactNumbers(redact(words, secrets), [to]);
	const errorCode = String(refused.providerCode);
	const { title: what = '', details = '' } = clean({ title: refused.what, details: errorCode });
	return { ...clean(refused), what, providerCode: details === errorCode ? refused.providerCode : details };
}
