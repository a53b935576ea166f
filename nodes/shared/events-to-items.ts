import { sleep, type IDataObject } from 'n8n-workflow';
import type { Provider, ReportEvent, StatusEvent, TemplateEvent, WebhookEvent } from '../../providers';
import type { DeliveryOutcome, Engine, RecordedMessage } from '../../verification';
import { plain } from '../WhatsAppOtp/outputs';
import { noteReports } from './delivery-reports';
import { omitUndefined } from './omit-undefined';
import { redactNumbers } from './redact-numbers';
import { recordReport, reportItem } from './reported-code';

/** How many messages and templates are recorded in parallel. */
const concurrency = 50;

/** Milliseconds. An event can arrive before the answer to its send is stored; this is enough to store the answer. */
const sendAnswerDelay = 300;

/** Which events become items, and what is recorded. */
export interface EventSelection {
	/** Of the node in its workflow. */
	id: string;
	provider: Provider;
	events: readonly string[];
	options: {
		/** Whether each item has the provider's own object. */
		includeRaw: boolean;
		/** Whether to leave out messages of other systems. */
		onlyOtpMessages: boolean;
		/** Whether a verification ends when the person reports its code. */
		cancelReportedCodes: boolean;
	};
}

/** What all events of a webhook share. */
interface EventContext {
	engine: Engine;
	parameters: EventSelection;
	/** The provider's id of the credential's number. */
	senderId: string | undefined;
	/** Waits for `sendAnswerDelay`. All events of a webhook wait together, once. */
	waitForSendAnswer: () => Promise<void>;
}

/**
 * Records all events of a webhook.
 * @returns items for the events that are new and that the builder chose, in the order of the events. If an event could
 * not be recorded, also the `failure`: the items of recorded events are returned, because these will not be new again
 */
export async function toItems(
	engine: Engine,
	parameters: EventSelection,
	events: readonly WebhookEvent[],
	senderId?: string,
): Promise<{ items: IDataObject[]; failure?: unknown }> {
	let waiting: Promise<void> | undefined;
	const context = { engine, parameters, senderId, waitForSendAnswer: () => (waiting ??= sleep(sendAnswerDelay)) };
	const items = new Map<WebhookEvent, IDataObject>();
	const failure = await inParallel(groupBySubject(events), async (group) => {
		for (const event of group) {
			const item = await toItem(context, event);
			if (item !== undefined) items.set(event, item);
		}
	});
	const inOrder = events.map((event) => items.get(event)).filter((item) => item !== undefined);
	return { items: inOrder, failure };
}

/**
 * The events of each message or template, in their order. They are recorded one after the other, so that `delivered`
 * is still new after `sent`.
 */
function groupBySubject(events: readonly WebhookEvent[]): WebhookEvent[][] {
	const groups = new Map<string, WebhookEvent[]>();
	for (const event of events) {
		const subject = subjectOf(event);
		const group = groups.get(subject);
		if (group === undefined) groups.set(subject, [event]);
		else group.push(event);
	}
	return [...groups.values()];
}

function subjectOf(event: WebhookEvent): string {
	return event.kind === 'template'
		? `template ${event.template.id ?? event.template.name}`
		: `message ${event.messageId}`;
}

/**
 * Works on `concurrency` groups at a time. If one fails, the others of its batch are completed and no more are started.
 * @returns the reason of the first failure
 */
async function inParallel<Group>(groups: Group[], work: (group: Group) => Promise<void>): Promise<unknown> {
	for (let start = 0; start < groups.length; start += concurrency) {
		const results = await Promise.allSettled(groups.slice(start, start + concurrency).map(work));
		const failed = results.find((result) => result.status === 'rejected');
		if (failed !== undefined) return failed.reason;
	}
	return undefined;
}

/** @returns undefined if the event is not new, or if the builder did not choose it */
async function toItem(context: EventContext, event: WebhookEvent): Promise<IDataObject | undefined> {
	if (event.kind === 'report') return await reportToItem(context, event);
	return event.kind === 'status' ? await statusToItem(context, event) : await templateToItem(context, event);
}

/** Whether another number of the business account sent the message (docs/reference/providers.md 1.10). */
function isOfOtherNumber({ senderId }: StatusEvent | ReportEvent, own: string | undefined): boolean {
	return own !== undefined && senderId !== undefined && senderId !== own;
}

async function reportToItem(context: EventContext, event: ReportEvent): Promise<IDataObject | undefined> {
	const { engine, parameters, senderId } = context;
	const { id, provider, events, options } = parameters;
	if (isOfOtherNumber(event, senderId)) return undefined;
	const reported = await recordReport(engine, provider.id, event, options.cancelReportedCodes);
	if (reported === undefined || !events.includes('code.reported')) return undefined;
	if (!(await engine.vault.firstTime(id, provider.id, event.messageId, 'reported'))) return undefined;
	return omitUndefined({ ...reportItem(provider.id, event, reported), raw: rawOf(parameters, event) });
}

async function statusToItem(context: EventContext, event: StatusEvent): Promise<IDataObject | undefined> {
	const { engine, parameters } = context;
	const { id, provider, events, options } = parameters;
	const { messageId, status } = event;
	const error = redactedError(event);
	const recorded = await recordStatus(context, event, error);
	if (recorded !== undefined) await noteReports(engine, provider.id);
	if (!events.includes(`message.${status}`)) return undefined;
	const isHidden = options.onlyOtpMessages || isOfOtherNumber(event, context.senderId);
	if (recorded === undefined && isHidden) return undefined;
	const isNew = recorded?.isNew ?? (await engine.vault.firstTime(id, provider.id, messageId, status));
	if (!isNew) return undefined;
	const item = (message?: RecordedMessage) =>
		statusItem(parameters, event, redactedFor(message, error), recorded, message?.verification.to.replace('+', ''));
	const namesNumber = event.recipient !== undefined || recorded?.delivery.waId !== undefined;
	if (recorded === undefined || (namesNumber && error === undefined)) return item();
	return item(await engine.message(provider.id, messageId));
}

/** The event may not name the number that its words quote. The store knows the number that the code was sent to. */
function redactedFor(message: RecordedMessage | undefined, error: StatusEvent['error']): StatusEvent['error'] {
	if (error === undefined || message === undefined) return error;
	return redactNumbers(error, [message.verification.to, message.delivery.waId]);
}

/** @returns undefined if the WhatsApp OTP node did not send the message */
async function recordStatus(
	{ engine, parameters, waitForSendAnswer }: EventContext,
	event: StatusEvent,
	error: StatusEvent['error'],
): Promise<DeliveryOutcome | undefined> {
	const { messageId, status, occurredAt, callbackData, recipient, givesBackCallbackData } = event;
	const delivery = {
		provider: parameters.provider.id,
		messageId,
		status,
		occurredAt,
		sendId: callbackData,
		waId: recipient,
		error: error && withoutHint(error),
	};
	let recorded = await engine.recordDelivery(delivery);
	// Without callback data, the store finds the send by its message id, which the answer to the send brings.
	if (recorded === undefined && !givesBackCallbackData) {
		await waitForSendAnswer();
		recorded = await engine.recordDelivery(delivery);
	}
	return recorded;
}

function statusItem(
	parameters: EventSelection,
	event: StatusEvent,
	error: StatusEvent['error'],
	recorded: DeliveryOutcome | undefined,
	sentTo?: string,
): IDataObject {
	return omitUndefined({
		event: `message.${event.status}`,
		provider: parameters.provider.id,
		messageId: event.messageId,
		recipient: event.recipient ?? recorded?.delivery.waId ?? sentTo ?? null,
		recipientUserId: event.recipientUserId,
		recipientParentUserId: event.recipientParentUserId,
		recipientUsername: event.recipientUsername,
		occurredAt: new Date(event.occurredAt).toISOString(),
		verificationId: recorded?.verification.verificationId ?? null,
		purpose: recorded?.verification.purpose ?? null,
		metadata: plain(recorded?.verification.metadata ?? {}),
		deliveryStatus: recorded?.delivery.status ?? event.status,
		raw: rawOf(parameters, event),
		error: error && plain({ ...error }),
	});
}

async function templateToItem(
	{ engine, parameters }: EventContext,
	event: TemplateEvent,
): Promise<IDataObject | undefined> {
	const { id, provider, events } = parameters;
	const { change, template, occurredAt } = event;
	if (!events.includes(`template.${change}`)) return undefined;
	// Without the time of arrival, which differs when the provider repeats the event.
	const parts = [id, provider.id, change, String(occurredAt), JSON.stringify(template)];
	if (!(await engine.vault.firstTime(...parts))) return undefined;
	return omitUndefined({
		event: `template.${change}`,
		provider: provider.id,
		occurredAt: new Date(occurredAt ?? Date.now()).toISOString(),
		template: plain({ ...template }),
		raw: rawOf(parameters, event),
	});
}

/** The error of a failed message, without the number of the recipient. */
function redactedError({ error, recipient }: StatusEvent): StatusEvent['error'] {
	return error && redactNumbers(error, [recipient]);
}

/** What the store keeps of an error. The hint belongs to the code and can be looked up again. */
function withoutHint({ code, title, details, class: errorClass }: NonNullable<StatusEvent['error']>) {
	return { code, title, details, class: errorClass };
}

/** Raw events are cut at this depth, because n8n can't store deeper ones. Documented events have less than half. */
const maxDepth = 20;

function rawOf({ options }: EventSelection, { raw }: WebhookEvent): IDataObject['raw'] | undefined {
	return options.includeRaw ? plain({ raw: cutAt(maxDepth, raw) }).raw : undefined;
}

function cutAt(depth: number, value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth === 0) return null;
	if (Array.isArray(value)) return value.map((entry: unknown) => cutAt(depth - 1, entry));
	return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, cutAt(depth - 1, entry)]));
}
