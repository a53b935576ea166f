import { messageBody, readReceipt } from '../metaCloud/message';
import type { Connection, CodeMessage, Provider, Receipt } from '../provider';
import { account, type Account } from './account';
import { toProviderError } from './errors';
import { create, okOrThrow, page, remove } from './templates';
import { authenticate, parse, read, target, write } from './webhook';

/** 360dialog, hosted in Meta's cloud (providers.md 3). */
export const dialog360: Provider<Account> = {
	id: 'dialog360',
	name: '360dialog',
	credential: 'whatsAppOtp360DialogApi',
	throughput: { messagesPerSecond: 80 },
	account,
	sendCode,
	// 360dialog's own pages name 60-600 s, Meta behind it 30-900 (providers.md 1.2).
	templates: { limits: { ttl: { min: 30, max: 900 } }, upserts: false, create, page, delete: remove },
	webhook: { target, read, write, authenticate, parse },
};

async function sendCode({ http, account }: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const response = await http({ method: 'POST', url: `${account.baseUrl}/messages`, body: messageBody(message) });
	const receipt = readReceipt(okOrThrow(response));
	if (receipt === undefined) throw toProviderError(response);
	return receipt;
}
