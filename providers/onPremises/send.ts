import { z } from 'zod';
import { ProviderError } from '../errors';
import { TransportError, type HttpResponse } from '../http';
import { readReceipt } from '../meta/message';
import type { CodeMessage, Receipt } from '../provider';
import { readErrors } from './errors';

/** A server of the On-Premises API, one's own or one that 360dialog hosts (docs/reference/providers.md 3.5). */
export interface Server {
	post(path: '/v1/messages' | '/v1/contacts', body: unknown): Promise<HttpResponse>;
	namespace: string;
	toProviderError(response: HttpResponse): ProviderError;
}

/** The body of a send: namespace and policy are demanded, the recipient is digits alone (docs/reference/providers.md 2.3). */
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
				// A number, as this API's document prints it (docs/reference/providers.md 6.11).
				{ type: 'button', sub_type: 'url', index: 0, parameters },
			],
		},
	};
}

/**
 * Sends a code. A number that the server does not know yet (1006) is checked, and then tried once more.
 * @throws ProviderError, TransportError
 */
export async function sendTemplate(server: Server, message: CodeMessage): Promise<Receipt> {
	const { namespace } = server;
	if (namespace === '') throw namespaceMissing();
	const send = (waId: string) => server.post('/v1/messages', messageBody(namespace, waId, message));
	const digits = message.to.replace(/\D/g, '');
	const answer = await send(digits);
	if (readErrors(answer)?.providerCode !== 1006) return receiptOrThrow(server, answer);
	const waId = await checkContact(server, digits);
	return { waId, ...receiptOrThrow(server, await send(waId)) };
}

function receiptOrThrow(server: Server, response: HttpResponse): Receipt {
	const { status, body } = response;
	const isRefused = status < 200 || status > 299 || readErrors(response) !== undefined;
	const receipt = isRefused ? undefined : readReceipt(body);
	if (receipt === undefined) throw server.toProviderError(response);
	return receipt;
}

const checked = z.object({
	contacts: z.array(z.object({ status: z.string(), wa_id: z.string().min(1).optional() })).min(1),
});

/** @returns the number as WhatsApp writes it */
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

/** Whatever became of the check, the message before it was refused. */
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

function namespaceMissing(): ProviderError {
	return new ProviderError({
		class: 'credential',
		what: "'Namespace' in the credential is empty",
		fix: "Put in the templates' namespace, from WhatsApp Manager: without it the server takes no template",
		providerCode: 'namespace',
		httpStatus: 0,
	});
}
