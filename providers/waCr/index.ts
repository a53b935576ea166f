import type { Provider } from '../provider';
import { account, type Account } from './account';
import { waCrErrors } from './error-codes';
import { resend, sendCode } from './send';
import { page } from './templates';
import { check, status } from './verification';

/** WA.cr, which keeps and checks codes itself (docs/reference/providers.md 5). */
export const waCr: Provider<Account> = {
	id: 'waCr',
	name: 'WA.cr',
	credential: 'whatsAppOtpWaCrApi',
	// 60 calls a minute for each token (docs/reference/providers.md 5.3).
	throughput: { messagesPerSecond: 1 },
	errors: waCrErrors,
	account,
	apiUrl: ({ baseUrl }) => baseUrl,
	sendCode,
	// Templates are created and approved at Meta, and synchronised to WA.cr. Its API creates none.
	templates: { limits: { ttl: { min: 30, max: 900 } }, upserts: false, page },
	ownVerification: { resend, check, status },
};
