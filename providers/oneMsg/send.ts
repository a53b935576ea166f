import { z } from 'zod';
import { ProviderError } from '../errors';
import type { CodeMessage, Connection, Receipt } from '../provider';
import type { Account } from './account';
import { isRefusal, toProviderError } from './errors';

/** Digits alone for the recipient, namespace and policy demanded, Meta's components as `params` (docs/reference/providers.md 4.2). */
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

export async function sendCode({ http, account }: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const { channel, namespace } = account;
	if (namespace === '') throw namespaceMissing();
	const body = messageBody(namespace, message);
	const response = await http({ method: 'POST', url: `${channel}/sendTemplate`, body });
	const isOk = response.status >= 200 && response.status < 300;
	const receipt = isOk ? readReceipt(response.body) : undefined;
	// A message that waits at 1MSG is no refusal, though `sent` is false: it must not be sent again (4.3).
	if (receipt === undefined || (receipt.status !== 'pending' && isRefusal(response))) throw toProviderError(response);
	return receipt;
}

const id = z
	.union([z.string().min(1), z.number()])
	.transform(String)
	.optional()
	.catch(undefined);
const sent = z.object({ sent: z.literal(true).optional().catch(undefined), id, jobId: id });

/** @returns undefined unless `sent` is true, or a `jobId` says that it will be */
function readReceipt(body: unknown): Receipt | undefined {
	const answer = sent.safeParse(body).data;
	if (answer === undefined) return undefined;
	const { id: messageId, jobId } = answer;
	if (answer.sent && messageId !== undefined) return { messageId, status: 'accepted' };
	if (jobId !== undefined) return { status: 'pending' };
	return answer.sent ? { status: 'accepted' } : undefined;
}

function namespaceMissing(): ProviderError {
	return new ProviderError({
		class: 'credential',
		what: "'Namespace' in the credential is empty",
		fix: "Put in the templates' namespace: Get Many of templates shows it with 'Simplify' off",
		providerCode: 'namespace',
		httpStatus: 0,
	});
}
