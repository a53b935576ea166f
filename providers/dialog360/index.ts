import { pairRatePauses } from '../meta/pair-rate';
import type { Provider } from '../provider';
import { account, type Account } from './account';
import { dialog360Errors } from './error-codes';
import { sendCode } from './send';
import { create, page, remove } from './templates';
import { webhook } from './webhook';

/** 360dialog, for numbers in Meta's cloud and for numbers on 360dialog's servers (docs/reference/providers.md 3). */
export const dialog360: Provider<Account> = {
	id: 'dialog360',
	name: '360dialog',
	credential: 'whatsAppOtp360DialogApi',
	throughput: { messagesPerSecond: 80 },
	// docs/reference/providers.md 3.5
	throughputOf: ({ hosting }) => (hosting === 'onPremises' ? 45 : 80),
	errors: dialog360Errors,
	account,
	apiUrl: ({ baseUrl }) => baseUrl,
	sendCode,
	retryPauses: pairRatePauses,
	templates: {
		// 360dialog documents 60 to 600 seconds, Meta behind it 30 to 900 (docs/reference/providers.md 1.2).
		limits: { ttl: { min: 30, max: 900 }, advisedTtl: { min: 60, max: 600 }, takesLegacyAppFields: true },
		upserts: false,
		page,
		create,
		delete: remove,
	},
	webhook,
};
