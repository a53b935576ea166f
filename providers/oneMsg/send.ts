import { z } from 'zod';
import type { Connection } from '../connection';
import { emptyCredentialField } from '../errors';
import type { CodeMessage, Receipt } from '../provider';
import { isHttpSuccess } from '../response';
import { flag } from '../webhook';
import type { Account } from './account';
import { isRefusal, request, toProviderError } from './request';

/**
 * The body of a send (docs/reference/providers.md 4.2): the recipient is written with digits only, namespace and policy
 * are required, and Meta's components are called `params`.
 */
function messageBody(namespace: string, { to, code, template }: CodeMessage) {
	const parameters = [{ type: 'text', text: code }];
	return {
		phone: to.replace(/\D/g, ''),
		template: template.name,
		namespace,
		language: { policy: 'deterministic', code: template.language },
		params: [
			{ type: 'body', parameters },
			{ type: 'button', sub_type: 'url', index: '0', parameters },
		],
	};
}

/** Sends a code, or has 1MSG queue it (docs/reference/providers.md 4.2, 4.3). */
export async function sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const { namespace } = connection.account;
	if (namespace === '') {
		const fix = "Enter the templates' namespace: Get Many of templates shows it with 'Simplify' off";
		throw emptyCredentialField('Namespace', 'namespace', fix);
	}
	const body = messageBody(namespace, message);
	const response = await request(connection, { method: 'POST', path: '/sendTemplate', body });
	const receipt = isHttpSuccess(response) ? readReceipt(response.body) : undefined;
	// A queued message has `sent: false`, too. It is not a refusal: a second send could send the message twice
	// (docs/reference/providers.md 4.3).
	const isQueued = receipt?.status === 'pending';
	if (receipt === undefined || (!isQueued && isRefusal(response))) throw toProviderError(response);
	return receipt;
}

const id = z
	.union([z.string().min(1), z.number()])
	.transform(String)
	.optional()
	.catch(undefined);
const answer = z.object({ sent: flag, id, jobId: id });

/** @returns undefined unless `sent` is true, or a `jobId` shows that the message is queued */
function readReceipt(body: unknown): Receipt | undefined {
	const { sent, id: messageId, jobId } = answer.safeParse(body).data ?? {};
	if (sent === true && messageId !== undefined) return { messageId, status: 'accepted' };
	if (jobId !== undefined) return { status: 'pending' };
	return sent === true ? { status: 'accepted' } : undefined;
}
