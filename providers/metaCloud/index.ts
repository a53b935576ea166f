import { pairRatePauses } from '../meta/pair-rate';
import type { Provider } from '../provider';
import { account, type Account } from './account';
import { metaCloudErrors } from './error-codes';
import { sendCode } from './send';
import { create, page, preview, remove, update } from './templates';
import { versionHint } from './versions';
import { webhook } from './webhook';

/** Meta's Cloud API, used directly (docs/reference/providers.md 1). */
export const metaCloud: Provider<Account> = {
	id: 'metaCloud',
	name: 'Meta Cloud API',
	credential: 'whatsAppOtpMetaCloudApi',
	throughput: { messagesPerSecond: 80 },
	errors: metaCloudErrors,
	account,
	apiUrl: ({ baseUrl, version }) => `${baseUrl}/${version}`,
	hints: ({ version }, now) => [versionHint(version, now) ?? []].flat(),
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
