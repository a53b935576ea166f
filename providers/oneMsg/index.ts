import { pairRatePauses } from '../meta/pair-rate';
import type { Provider } from '../provider';
import { account, type Account } from './account';
import { oneMsgErrors, oneMsgWords } from './error-codes';
import { getStatus } from './get-status';
import { sendCode } from './send';
import { create, page, remove } from './templates';
import { webhook } from './webhook';

/** 1MSG (docs/reference/providers.md 4). */
export const oneMsg: Provider<Account> = {
	id: 'oneMsg',
	name: '1MSG',
	credential: 'whatsAppOtp1MsgApi',
	throughput: { messagesPerSecond: 80 },
	errors: [...oneMsgErrors, ...oneMsgWords],
	account,
	apiUrl: ({ channel }) => channel,
	sendCode,
	retryPauses: pairRatePauses,
	templates: {
		limits: { ttl: { min: 30, max: 900 }, takesLegacyAppFields: true },
		upserts: false,
		page,
		create,
		delete: remove,
	},
	getStatus,
	webhook,
};
