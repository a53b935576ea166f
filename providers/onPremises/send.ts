import { z } from 'zod';
import type { Connection } from '../connection';
import { emptyCredentialField, ProviderError } from '../errors';
import { TransportError, type HttpResponse } from '../http';
import { readReceipt } from '../meta/message';
import type { CodeMessage, Receipt } from '../provider';
import type { Account } from './account';
import { isRefusal, readErrors, request, toProviderError } from './request';

/** Sends a code through the account's server (docs/reference/providers.md 2.3). */
export async function sendCode(connection: Connection<Account>, message: CodeMessage): Promise<Receipt> {
	const { namespace } = connection.account;
	const post: Server['post'] = (path, body) => request(connection, { method: 'POST', path, body });
	return await sendToServer({ post, namespace, toProviderError }, message);
}

/** A server that the account's owner runs, or one that 360dialog hosts (docs/reference/providers.md 3.5). */
export interface Server {
	post(path: '/v1/messages' | '/v1/contacts', body: unknown): Promise<HttpResponse>;
	namespace: string;
	toProviderError(response: HttpResponse): ProviderError;
}

/**
 * The body of a send (docs/reference/providers.md 2.3): namespace and policy are required, and the recipient is written
 * with digits only.
 */
function messageBody(namespace: string, waId: string, { template, code }: CodeMessage) {
	const parameters = [{ type: 'text', text: code }];
	return {
		to: waId,
		type: 'template',
		template: {
			namespace,
			name: template.name,
			language: { policy: 'deterministic', code: template.language },
			components: [
				{ type: 'body', parameters },
				// This API's documents have a number here, the other providers' a text (docs/reference/providers.md 6.11).
				{ type: 'button', sub_type: 'url', index: 0, parameters },
			],
		},
	};
}

/**
 * Sends a code. If the server does not know the number yet (1006), it is told to look the number up, and the code is
 * sent once more.
 * @throws ProviderError, TransportError
 */
export async function sendToServer(server: Server, message: CodeMessage): Promise<Receipt> {
	const { namespace } = server;
	if (namespace === '') {
		const fix = "Enter the templates' namespace from WhatsApp Manager: the server sends no template without it";
		throw emptyCredentialField('Namespace', 'namespace', fix);
	}
	const send = (waId: string) => server.post('/v1/messages', messageBody(namespace, waId, message));
	const digits = message.to.replace(/\D/g, '');
	const answer = await send(digits);
	if (readErrors(answer)?.providerCode !== 1006) return receiptOrThrow(server, answer);
	const waId = await checkContact(server, digits);
	const receipt = receiptOrThrow(server, await send(waId));
	return { ...receipt, waId: receipt.waId ?? waId };
}

function receiptOrThrow(server: Server, response: HttpResponse): Receipt {
	const receipt = isRefusal(response) ? undefined : readReceipt(response.body);
	if (receipt === undefined) throw server.toProviderError(response);
	return receipt;
}

const checked = z.object({
	contacts: z.array(z.object({ status: z.string(), wa_id: z.string().min(1).optional() })).min(1),
});

/** Looks a number up (docs/reference/providers.md 2.2). @returns the number as WhatsApp writes it */
async function checkContact(server: Server, digits: string): Promise<string> {
	const body = { blocking: 'wait', contacts: [`+${digits}`], force_check: true };
	const response = await server.post('/v1/contacts', body).catch((error: unknown) => {
		throw unsent(error);
	});
	const contact = readErrors(response) === undefined ? checked.safeParse(response.body).data?.contacts[0] : undefined;
	if (contact === undefined) throw unsent(server.toProviderError(response));
	if (contact.wa_id !== undefined && contact.status === 'valid') return contact.wa_id;
	if (contact.status === 'processing') throw unknownContact('transient', 'The server is still looking the number up');
	throw unknownContact('recipient', 'This number is not on WhatsApp');
}

/** The server refused the message before the look-up. So the message was not sent, however the look-up failed. */
function unsent(error: unknown): unknown {
	if (error instanceof TransportError) return new TransportError(error.message, false, error.fix, { cause: error });
	if (error instanceof ProviderError) return new ProviderError({ ...error.refused, mayHaveArrived: false });
	return error;
}

function unknownContact(errorClass: 'recipient' | 'transient', what: string): ProviderError {
	return new ProviderError({
		class: errorClass,
		what,
		fix: errorClass === 'recipient' ? 'Send this person a code by SMS or e-mail' : 'Try again later',
		providerCode: 1006,
		httpStatus: 404,
	});
}
