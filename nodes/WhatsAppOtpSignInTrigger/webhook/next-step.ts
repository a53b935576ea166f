import { LoggerProxy } from 'n8n-workflow';
import { z } from 'zod';
import { webAddress } from '../../../page';
import { omitUndefined } from '../../shared/omit-undefined';
import type { SignInParameters } from '../parameters';

/** What a verified person sees. Nothing of the request decides it. */
export interface NextStep {
	message?: string;
	/** An address with http or https. */
	redirectUrl?: string;
	/** The workflow that should go on has failed. */
	hasFailed?: boolean;
	/** Proves to the builder's app that the number is verified. */
	token?: string;
}

/** What the builder has entered in the node. */
export function enteredNextStep({ respond, message, redirectUrl }: SignInParameters): NextStep {
	switch (respond) {
		case 'message':
			return omitUndefined({ message });
		case 'redirect':
			return omitUndefined({ redirectUrl });
		case 'lastNode':
			return {};
	}
}

/** The address that the builder has entered gets the token. That of a last node does not: data can decide it. */
export function withToken(next: NextStep, { respond }: Pick<SignInParameters, 'respond'>): NextStep {
	const { redirectUrl, token } = next;
	if (respond !== 'redirect' || redirectUrl === undefined || token === undefined) return next;
	const address = new URL(redirectUrl);
	address.searchParams.set('token', token);
	return { ...next, redirectUrl: address.href };
}

const text = z
	.string()
	.transform((value) => value.trim() || undefined)
	.optional()
	.catch(undefined);

/** n8n answers with a list of items, or with an object if there is no list. */
const answerSchema = z.array(z.object({ message: text, redirectUrl: text })).catch([]);

/**
 * Reads what n8n answers after the run (docs/reference/n8n-host.md, 'The answer of the last node').
 * @param body the items of the last node
 */
export function nextStepAfterRun(status: number, body: unknown): NextStep {
	if (status >= 400) return { hasFailed: true };
	const [first] = answerSchema.parse(body);
	const { message, redirectUrl } = first ?? {};
	const address = webAddress(redirectUrl)?.href;
	if (redirectUrl !== undefined && address === undefined) {
		// Without the value: it can hold a secret of the builder.
		LoggerProxy.warn(
			"WhatsApp OTP Sign-In Trigger: 'redirectUrl' of the last node must be an address that begins with http:// or https://",
		);
	}
	return omitUndefined({ message, redirectUrl: address });
}
