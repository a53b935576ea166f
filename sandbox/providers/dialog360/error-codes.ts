import type { Answer } from '../../provider';
import type { Refusal } from '../../refusal';
import { metaError } from '../meta/error-codes';

/** An answer of the gateway itself, in camelCase (docs/reference/providers.md 3.6, 2). */
export const gatewayAnswer = (status: number, httpCode: number, developerMessage: string): Answer => ({
	status,
	body: { meta: { httpCode, developerMessage, success: false } },
});

/** A refusal of /v1/configs, in snake_case (docs/reference/providers.md 3.6, 3). */
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
