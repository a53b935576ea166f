import type { Connection } from '../connection';
import { messageBody, readReceipt } from '../meta/message';
import { sendToServer } from '../onPremises/send';
import type { CodeMessage, Receipt } from '../provider';
import type { Account } from './account';
import { okOrThrow, request, toProviderError } from './request';

/** Sends a code through Meta's cloud, or through a server that 360dialog hosts (docs/reference/providers.md 3.5). */
export async function sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const { hosting, namespace } = connection.account;
	if (hosting === 'onPremises') {
		const post = (path: string, body: unknown) => request(connection, { method: 'POST', path, body });
		return await sendToServer({ post, namespace, toProviderError }, message);
	}
	const response = await request(connection, { method: 'POST', path: '/messages', body: messageBody(message) });
	const receipt = readReceipt(okOrThrow(response));
	if (receipt === undefined) throw toProviderError(response);
	return receipt;
}
