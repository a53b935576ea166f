import { pairRatePauses } from '../meta/pair-rate';
import type { Connection, Provider, StatusEvent } from '../provider';
import { account, type Account } from './account';
import { oneMsgErrors, oneMsgWords } from './error-codes';
import { isRefusal, toProviderError } from './errors';
import { sendCode } from './send';
import { readHooks } from './statuses';
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
	sendCode,
	retryPauses: pairRatePauses,
	templates: { limits: { ttl: { min: 30, max: 900 } }, upserts: false, page, create, delete: remove },
	getStatus,
	webhook,
};

const ranks: ReadonlyArray<StatusEvent['status']> = ['sent', 'delivered', 'read', 'failed'];

/** In the order in which it happened; 1MSG counts in whole seconds. */
async function getStatus({ http, account }: Connection<Account>, messageId: string): Promise<StatusEvent[]> {
	const response = await http({ method: 'GET', url: `${account.channel}/hookInfo`, query: { messageId } });
	if (isRefusal(response)) throw toProviderError(response);
	return readHooks(response.body).sort(
		(a, b) => a.occurredAt - b.occurredAt || ranks.indexOf(a.status) - ranks.indexOf(b.status),
	);
}
