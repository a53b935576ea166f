import type { CodeMessage, Connection, Provider, Receipt } from '../provider';
import { account, type Account } from './account';
import { metaErrors, metaSubcodes } from '../meta/error-codes';
import { toProviderError } from '../meta/errors';
import { okOrThrow } from './request';
import { messageBody, readReceipt } from '../meta/message';
import { pairRatePauses } from '../meta/pair-rate';
import { create, page, preview, remove, update } from './templates';
import { webhook } from './webhook';

/** Meta's Cloud API without anybody between (docs/reference/providers.md 1). */
export const metaCloud: Provider<Account> = {
	id: 'metaCloud',
	name: 'Meta Cloud API',
	credential: 'whatsAppOtpMetaCloudApi',
	throughput: { messagesPerSecond: 80 },
	errors: [...metaErrors, ...metaSubcodes],
	account,
	sendCode,
	retryPauses: pairRatePauses,
	templates: {
		limits: { ttl: { min: 30, max: 900 } },
		upserts: true,
		deletesOne: true,
		page,
		create,
		update,
		delete: remove,
		preview,
	},
	webhook,
};

async function sendCode({ http, account }: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const url = `${account.graph}/${account.phoneNumberId}/messages`;
	const response = await http({ method: 'POST', url, body: messageBody(message) });
	const receipt = readReceipt(okOrThrow(response));
	if (receipt === undefined) throw toProviderError(response);
	return receipt;
}
