import { sleep, type IDataObject } from 'n8n-workflow';
import type { StatusEvent, TemplateEvent, WebhookEvent } from '../../../providers';
import type { DeliveryOutcome, Engine } from '../../../verification';
import { plain } from '../../WhatsAppOtp/outputs';
import { redact } from '../../shared/redact';
import { isForeign, noteGivenBack } from './foreign-events';
import type { TriggerParameters } from '../parameters';

/** How many messages are recorded side by side. */
const sideBySide = 50;

/** Milliseconds in which the answer to a send comes and is stored, where its event was faster. */
const headStart = 300;

/**
 * Records every event, and makes an item of each that is new and asked for, in the order of the events. Those of one
 * message follow each other, so that `delivered` stays news after `sent`.
 * @returns besides the items why not all events could be recorded; those that were are no news when they come again
 */
export async function toItems(
	engine: Engine,
	parameters: TriggerParameters,
	events: readonly WebhookEvent[],
): Promise<{ items: IDataObject[]; failure?: unknown }> {
	const items = new Map<WebhookEvent, IDataObject>();
	let patience: Promise<void> | undefined;
	/** All events of a webhook wait together, and once. */
	const wait = () => (patience ??= sleep(headStart));
	const tell = async (event: WebhookEvent) => {
		const item =
			event.kind === 'status'
				? await ofStatus(engine, parameters, event, wait)
				: await ofTemplate(engine, parameters, event);
		if (item !== undefined) items.set(event, item);
	};
	const inOrder = () => events.map((event) => items.get(event)).filter((item) => item !== undefined);
	const queues = bySubject(events);
	while (queues.length > 0) {
		const recordings = queues.splice(0, sideBySide).map(async (queue) => {
			for (const event of queue) await tell(event);
		});
		const failed = (await Promise.allSettled(recordings)).find(({ status }) => status === 'rejected');
		if (failed?.status === 'rejected') return { items: inOrder(), failure: failed.reason };
	}
	return { items: inOrder() };
}

function bySubject(events: readonly WebhookEvent[]): WebhookEvent[][] {
	const queues = new Map<string, WebhookEvent[]>();
	for (const event of events) {
		const subject = subjectOf(event);
		const queue = queues.get(subject);
		if (queue === undefined) queues.set(subject, [event]);
		else queue.push(event);
	}
	return [...queues.values()];
}

function subjectOf(event: WebhookEvent): string {
	return event.kind === 'status'
		? `message ${event.messageId}`
		: `template ${event.template.id ?? event.template.name}`;
}

async function ofStatus(
	engine: Engine,
	parameters: TriggerParameters,
	event: StatusEvent,
	wait: () => Promise<void>,
): Promise<IDataObject | undefined> {
	const { node, provider, events, options } = parameters;
	const { messageId, status, occurredAt, callbackData, recipient } = event;
	const error = redactedError(event);
	const record = () =>
		engine.recordDelivery({
			...{ provider: provider.id, messageId, status, occurredAt },
			...(callbackData === undefined ? {} : { sendId: callbackData }),
			...(recipient === undefined ? {} : { waId: recipient }),
			...(error === undefined ? {} : { error: withoutHint(error) }),
		});
	let known = isForeign(parameters, event) ? undefined : await record();
	if (known === undefined && !event.givesBackCallbackData) {
		await wait();
		known = await record();
	}
	if (known !== undefined && known.delivery.sendId === callbackData) noteGivenBack(parameters);
	const name = `message.${status}`;
	if (!events.includes(name)) return undefined;
	if (known === undefined && options.onlyOtpMessages) return undefined;
	const isNews = known?.isNew ?? (await engine.vault.firstTime(node.id, provider.id, messageId, status));
	if (!isNews) return undefined;
	return { ...statusItem(parameters, event, known), ...(error === undefined ? {} : { error: plain({ ...error }) }) };
}

function statusItem(parameters: TriggerParameters, event: StatusEvent, known?: DeliveryOutcome): IDataObject {
	return {
		event: `message.${event.status}`,
		provider: parameters.provider.id,
		messageId: event.messageId,
		recipient: event.recipient ?? known?.delivery.waId ?? null,
		occurredAt: new Date(event.occurredAt).toISOString(),
		verificationId: known?.verification.verificationId ?? null,
		purpose: known?.verification.purpose ?? null,
		metadata: plain(known?.verification.metadata ?? {}),
		deliveryStatus: known?.delivery.status ?? event.status,
		...rawOf(parameters, event),
	};
}

async function ofTemplate(
	engine: Engine,
	parameters: TriggerParameters,
	event: TemplateEvent,
): Promise<IDataObject | undefined> {
	const { node, provider, events } = parameters;
	const { change, template, occurredAt } = event;
	if (!events.includes(`template.${change}`)) return undefined;
	const parts = [node.id, provider.id, change, String(occurredAt), JSON.stringify(template)];
	if (!(await engine.vault.firstTime(...parts))) return undefined;
	return {
		event: `template.${change}`,
		provider: provider.id,
		occurredAt: new Date(occurredAt).toISOString(),
		template: plain({ ...template }),
		...rawOf(parameters, event),
	};
}

/** Why a message failed, without the number that it went to. */
function redactedError({ error, recipient }: StatusEvent): StatusEvent['error'] {
	return error === undefined || recipient === undefined ? error : redact(error, [`+${recipient}`, recipient]);
}

function withoutHint({ code, title, details, class: errorClass }: NonNullable<StatusEvent['error']>) {
	return {
		code,
		class: errorClass,
		...(title === undefined ? {} : { title }),
		...(details === undefined ? {} : { details }),
	};
}

/** What n8n can keep: nothing a provider documents is nested half as deep. */
const deepest = 20;

function rawOf({ options }: TriggerParameters, { raw }: WebhookEvent): IDataObject {
	return options.includeRaw ? { raw: plain({ raw: upTo(deepest, raw) }).raw } : {};
}

function upTo(depth: number, value: unknown): unknown {
	if (typeof value !== 'object' || value === null) return value;
	if (depth === 0) return null;
	if (Array.isArray(value)) return value.map((entry: unknown) => upTo(depth - 1, entry));
	return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, upTo(depth - 1, entry)]));
}
