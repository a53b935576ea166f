import type { Provider } from '../provider';
import { account, type Account } from './account';
import { waCrErrors } from './errors';
import { resend, sendCode } from './send';
import { page } from './templates';
import { check, status } from './verification';

/** WA.cr, which keeps and checks codes itself (docs/reference/providers.md 5). */
export const waCr: Provider<Account> = {
	id: 'waCr',
	name: 'WA.cr',
	credential: 'whatsAppOtpWaCrApi',
	// 60 calls a minute and token (docs/reference/providers.md 5.3).
	throughput: { messagesPerSecond: 1 },
	errors: waCrErrors,
	account,
	sendCode,
	// Made and approved at Meta, then synchronised: WA.cr's API makes none.
	templates: { limits: { ttl: { min: 30, max: 900 } }, upserts: false, page },
	ownVerification: { resend, check, status },
};
