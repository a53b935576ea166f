import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { triggerType, type Installation } from './installation';
import { expectNothingLeaked } from './leaked-codes';
import type { PublishedTrigger, TriggerSpec, WebhookOutcome } from './n8n-core';

export const allEvents = ['message.sent', 'message.delivered', 'message.read', 'message.failed'];

export interface Posted {
	headers?: Record<string, string>;
	/** Sent as JSON. */
	json?: unknown;
	/** In place of `json`: the body itself. */
	body?: string | Uint8Array<ArrayBuffer>;
}

export interface PostAnswer {
	status: number;
	text: string;
	items: IDataObject[];
	/** Whether it started a run. */
	isRun: boolean;
}

/** A published workflow that begins with the WhatsApp OTP Trigger. */
export interface ListeningWorkflow {
	trigger: PublishedTrigger;
	/** The items of the run that the next webhook starts; none if it starts no run. */
	heard: () => Promise<IDataObject[]>;
	/** Waits for this number of items, over several webhooks. */
	hear: (count: number) => Promise<IDataObject[]>;
	/** Posts in place of the provider, by default with the registered secret. */
	post: (posted: Posted) => Promise<PostAnswer>;
}

export function triggerSpec(installation: Installation, parameters: INodeParameters = {}): TriggerSpec {
	return {
		trigger: { type: triggerType, parameters: { events: allEvents, ...parameters } },
		credentials: { whatsAppOtp360DialogApi: installation.account },
	};
}

/** @param node an id for the trigger, for a test that must not share state with other tests */
export async function listen(
	installation: Installation,
	parameters: INodeParameters = {},
	node: Pick<TriggerSpec['trigger'], 'id' | 'webhookId'> = {},
): Promise<ListeningWorkflow> {
	const { host, sandbox } = installation;
	const { trigger: usual, ...spec } = triggerSpec(installation, parameters);
	const trigger = await host.publish({ ...spec, trigger: { ...usual, ...node } });
	const secret = secretOf(installation);

	const itemsOf = (outcome: WebhookOutcome): IDataObject[] => {
		if (outcome.run === undefined) return [];
		expectNothingLeaked(outcome.run, host.log, sandbox);
		expect(outcome.run.status).toBe('success');
		return outcome.run.node('Trigger').outputs[0]?.map(({ json }) => json) ?? [];
	};
	const heard = async () => itemsOf(await trigger.next());

	return {
		trigger,
		heard,
		hear: async (count) => {
			const items: IDataObject[] = [];
			while (items.length < count) items.push(...(await heard()));
			return items;
		},
		post: async ({ headers = secret, json, body }) => {
			const response = await fetch(await trigger.url(), {
				method: 'POST',
				headers: { 'content-type': 'application/json', ...headers },
				body: body ?? JSON.stringify(json),
			});
			const outcome = await trigger.next();
			const isRun = outcome.run !== undefined;
			return { status: response.status, text: await response.text(), items: itemsOf(outcome), isRun };
		},
	};
}

/** The header with the secret that the provider must send. */
export function secretOf({ sandbox }: Installation): Record<string, string> {
	const registered = sandbox.subscriptions().find(({ provider }) => provider === 'dialog360');
	if (registered === undefined) throw new Error('No webhook is registered');
	return registered.headers;
}

/** Statuses as Meta posts them (docs/reference/providers.md 1.10). */
export function statusesPayload(...statuses: object[]): object {
	return {
		object: 'whatsapp_business_account',
		entry: [{ id: '1', changes: [{ field: 'messages', value: { messaging_product: 'whatsapp', statuses } }] }],
	};
}

export function status(id: unknown, name: string, more: object = {}): object {
	return {
		id,
		status: name,
		timestamp: String(Math.floor(Date.now() / 1000)),
		recipient_id: '12015553931',
		...more,
	};
}
