import { messageBody, readReceipt } from '../meta/message';
import { pairRatePauses } from '../meta/pair-rate';
import { sendTemplate } from '../onPremises/send';
import type { Connection, CodeMessage, Provider, Receipt } from '../provider';
import { account, type Account } from './account';
import { gatewayErrors, toProviderError } from './errors';
import { create, okOrThrow, page, remove } from './templates';
import { webhook } from './webhook';

/** 360dialog, in Meta's cloud or on servers of its own (docs/reference/providers.md 3). */
export const dialog360: Provider<Account> = {
	id: 'dialog360',
	name: '360dialog',
	credential: 'whatsAppOtp360DialogApi',
	throughput: { messagesPerSecond: 80 },
	// docs/reference/providers.md 3.5.
	throughputOf: ({ hosting }) => (hosting === 'onPremises' ? 45 : 80),
	errors: gatewayErrors,
	account,
	sendCode,
	retryPauses: pairRatePauses,
	// 360dialog's own pages name 60-600 s, Meta behind it 30-900 (docs/reference/providers.md 1.2).
	templates: {
		limits: { ttl: { min: 30, max: 900 }, advisedTtl: { min: 60, max: 600 } },
		upserts: false,
		create,
		page,
		delete: remove,
	},
	webhook,
};

async function sendCode({ http, account }: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const { baseUrl, hosting, namespace } = account;
	if (hosting === 'onPremises') {
		const post = (path: string, body: unknown) => http({ method: 'POST', url: `${baseUrl}${path}`, body });
		return await sendTemplate({ post, namespace, toProviderError }, message);
	}
	const response = await http({ method: 'POST', url: `${baseUrl}/messages`, body: messageBody(message) });
	const receipt = readReceipt(okOrThrow(response));
	if (receipt === undefined) throw toProviderError(response);
	return receipt;
}
