import type { IDataObject } from 'n8n-workflow';
import type { ReportEvent } from '../../providers';
import type { Engine, RecordedMessage } from '../../verification';
import { plain } from '../WhatsAppOtp/outputs';

/** A report of a message of the node, and the verification after it. */
interface Reported {
	message: RecordedMessage;
	status: RecordedMessage['verification']['status'];
}

/**
 * Finds the verification of a message that a person reported, and ends it if `cancels` is true
 * (docs/reference/verification-rules.md 2.1).
 * @returns undefined if the node did not send the message, or sent it to another number
 */
export async function recordReport(
	engine: Engine,
	provider: string,
	{ messageId, recipient }: ReportEvent,
	cancels: boolean,
): Promise<Reported | undefined> {
	const message = await engine.message(provider, messageId);
	if (message === undefined) return undefined;
	const { verification, delivery } = message;
	// A provider may write the number in another form than the builder. So only its own form is compared.
	if (recipient !== undefined && delivery.waId !== undefined && recipient !== delivery.waId) return undefined;
	const ended = cancels ? await engine.end(verification, 'canceled') : undefined;
	return { message, status: ended?.verification.status ?? verification.status };
}

export function reportItem(provider: string, event: ReportEvent, { message, status }: Reported): IDataObject {
	const { verification, delivery } = message;
	return {
		event: 'code.reported',
		provider,
		messageId: event.messageId,
		recipient: event.recipient ?? delivery.waId ?? verification.to.replace('+', ''),
		occurredAt: new Date(event.occurredAt).toISOString(),
		verificationId: verification.verificationId,
		status,
		purpose: verification.purpose,
		metadata: plain(verification.metadata),
		deliveryStatus: delivery.status,
	};
}
