import { accounts } from '../../../sandbox/accounts';
import { anyString } from '../../support/matchers';

/** A code as it should stand in the body of a send. */
export interface CodeMessage {
	/** In E.164. */
	to: string;
	code: string;
	template?: string;
	language?: string;
	/** Minutes until the code runs out. */
	minutes?: number;
}

const text = (code: string) => [{ type: 'text', text: code }];
const digits = (to: string) => to.replace('+', '');

/** The code twice, a `url` button. Only On-Premises has its index as a number (docs/reference/providers.md 6.11). */
const components = (code: string, index: string | number) => [
	{ type: 'body', parameters: text(code) },
	{ type: 'button', sub_type: 'url', index, parameters: text(code) },
];

/** docs/reference/providers.md 1.6 and 3.5: Meta's and 360dialog's Cloud. */
function cloud({ to, code, template = 'verification_code', language = 'en_US' }: CodeMessage): object {
	return {
		messaging_product: 'whatsapp',
		recipient_type: 'individual',
		to,
		type: 'template',
		template: {
			name: template,
			language: { policy: 'deterministic', code: language },
			components: components(code, '0'),
		},
		biz_opaque_callback_data: anyString,
	};
}

/** docs/reference/providers.md 2.3 and 3.5. */
const server =
	(namespace: string) =>
	({ to, code, template = 'verification_code', language = 'en_US' }: CodeMessage): object => ({
		to: digits(to),
		type: 'template',
		template: {
			namespace,
			name: template,
			language: { policy: 'deterministic', code: language },
			components: components(code, 0),
		},
	});

/** docs/reference/providers.md 4.2. */
function oneMsg({ to, code, template = 'verification_code', language = 'en_US' }: CodeMessage): object {
	return {
		phone: digits(to),
		template,
		namespace: accounts.oneMsg.namespace,
		language: { policy: 'deterministic', code: language },
		params: components(code, '0'),
	};
}

/** docs/reference/providers.md 5.1. */
function waCr({ to, code, template = 'verification_code', language = 'en_US', minutes = 5 }: CodeMessage): object {
	return {
		...{ phone: to, template_name: template, language, code },
		...{ expiry_minutes: minutes, purpose: 'authentication' },
	};
}

export const bodies = { cloud, server, oneMsg, waCr };
