import type { Dialog360Account } from '../../accounts';
import { metaError } from '../meta/errors';
import type { Answer, ProviderRequest } from '../../provider';
import type { Refusal } from '../../refusal';

/** The gateway's own answers, camelCase (docs/reference/providers.md 3.6.2). */
export const gateway = (status: number, httpCode: number, developerMessage: string): Answer => ({
	status,
	body: { meta: { httpCode, developerMessage, success: false } },
});

/** Answers of /v1/configs, snake_case (docs/reference/providers.md 3.6.3). */
export const configs = (status: number, developer_message: string, details: string[] = []): Answer => ({
	status,
	body: {
		meta: { success: false, http_code: status, developer_message, ...(details.length > 0 && { details }) },
	},
});

/** Meta's refusal of a template, as /v1/configs hands it on. */
export function refuseConfigs({ code, options }: Refusal): Answer {
	const { status, title } = metaError(code);
	const subcode = options.subcode === undefined ? '' : ` error_subcode ${options.subcode}`;
	const details = (options.details ?? [options.title ?? title]).map((one) => `(#${code})${subcode} ${one}`);
	return configs(options.status ?? status, options.title ?? title, details);
}

/** What both hostings say before they look at a call. */
export const frontDoor = (account: Dialog360Account) => ({
	authorize: ({ headers }: ProviderRequest) =>
		// HTTP 401 with 404 inside: docs/reference/providers.md 3.6.
		headers['d360-api-key'] === account.apiKey ? undefined : gateway(401, 404, 'Invalid api_key or token expired'),
	unreadable: () => gateway(400, 400, 'The request body is not valid JSON'),
	unknownPath: (path: string) => gateway(403, 403, `This URL ${path} is blocked. More info: see the API reference`),
});
