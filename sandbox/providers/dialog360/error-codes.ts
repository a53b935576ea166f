import type { Answer } from '../../provider';
import type { Refusal } from '../../refusal';
import { metaError } from '../meta/error-codes';

/** An answer of the gateway itself, in camelCase (docs/reference/providers.md 3.6.2). */
export const gatewayAnswer = (status: number, httpCode: number, developerMessage: string): Answer => ({
	status,
	body: { meta: { httpCode, developerMessage, success: false } },
});

/** A refusal of /v1/configs, in snake_case (docs/reference/providers.md 3.6.3). */
export const configsAnswer = (status: number, developer_message: string, details: string[] = []): Answer => ({
	status,
	body: {
		meta: {
			success: false,
			http_code: status,
			developer_message,
			details: details.length > 0 ? details : undefined,
		},
	},
});

/** Meta's refusal of a template, as /v1/configs passes it on. */
export function configsRefusal({ code, options }: Refusal): Answer {
	const { status, title } = metaError(code);
	const subcode = options.subcode === undefined ? '' : ` error_subcode ${options.subcode}`;
	const details = (options.details ?? [options.title ?? title]).map((one) => `(#${code})${subcode} ${one}`);
	return configsAnswer(options.status ?? status, options.title ?? title, details);
}

/** The gateway's own refusals, by the name that a fault orders (docs/reference/providers.md 3.6.2). */
const gatewayRefusals: Record<string, { status: number; sentence: string }> = {
	disabled: { status: 400, sentence: 'Your WhatsApp for Business API has been disabled.' },
	endpoint_limit: { status: 400, sentence: 'You have exceeded the endpoint rate limit.' },
	unpaid: {
		status: 400,
		sentence:
			'Could not send message due to lack of payment. Messaging can resume once overdue invoices towards 360dialog ' +
			'are settled. Please reach out to our integration partner.',
	},
	blocked: { status: 403, sentence: 'The endpoint is blocked' },
	internal: { status: 500, sentence: 'Internal server error' },
	unavailable: { status: 502, sentence: 'WhatsApp for Business API not available' },
};

/** @returns undefined if the refusal is not of the gateway */
export function gatewayRefusal({ code }: Refusal, call: string): Answer | undefined {
	const refusal = gatewayRefusals[code];
	if (refusal === undefined) return undefined;
	const { status, sentence } = refusal;
	return call === 'send' ? gatewayAnswer(status, status, sentence) : configsAnswer(status, sentence);
}
