import type { Connection } from '../connection';
import { messageBody, readReceipt } from '../meta/message';
import type { CodeMessage, Receipt } from '../provider';
import type { Account } from './account';
import { okOrThrow, request, toProviderError } from './request';

/** Sends a code (docs/reference/providers.md 1.6). */
export async function sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const path = `/${connection.account.phoneNumberId}/messages`;
	const response = await request(connection, { method: 'POST', path, body: messageBody(message) });
	const receipt = readReceipt(okOrThrow(response));
	if (receipt === undefined) throw toProviderError(response);
	return receipt;
}
