import axios from 'axios';
import { z } from 'zod';
import { AwaitableList } from './awaitable-list';
import type { Seal } from './seal';
import type { Timers } from './timers';

/** A receiver of webhooks. */
export interface Subscription {
	url: string;
	headers: Record<string, string>;
}

/** The address of a receiver. Empty: no webhooks any more. Real providers want https; the sandbox is on loopback. */
export const webhookUrl = z.literal('').or(
	z
		.string()
		.url()
		.regex(/^https?:/, 'Must be an http(s) URL'),
);

export const webhookStates = ['trying', 'delivered', 'given up'] as const;

/** A webhook and its attempts. */
export interface WebhookEntry {
	id: number;
	/** Id of the provider. */
	provider: string;
	/** The statuses in it, or the template event. */
	events: string[];
	messageIds: string[];
	url: string;
	headers: Record<string, string>;
	body: unknown;
	attempts: Array<{ at: string; status?: number; error?: string }>;
	state: (typeof webhookStates)[number];
}

export type NewWebhook = Pick<WebhookEntry, 'provider' | 'events' | 'messageIds' | 'body'> & {
	/** Makes the proof of the sender wrong: the registered headers and the address's query. */
	wrongSecret: boolean;
	/** Whether the other receivers get it only after the first one has answered with 200. */
	isMainFirst: boolean;
	/** Whether the next status of the message leaves only when this one is delivered or given up. */
	isStrict: boolean;
	/** Replaces the body as JSON, for a provider that signs. */
	seal?: Seal;
};

interface StartedWebhook {
	/** The statuses in it. */
	event: string;
	answered: Promise<void>;
}

/** Real providers retry for days. In three minutes, a test or a person has seen a receiver come back. */
const maxAttempts = 40;
const backOffMs = (attempt: number) => Math.min(100 * 2 ** (attempt - 1), 5000);

const http = axios.create({
	proxy: false,
	maxRedirects: 0,
	timeout: 30_000,
	validateStatus: () => true,
});

/** Sends webhooks to the registered receivers, and retries until they answer with 200. */
export class WebhookDelivery {
	readonly log = new AwaitableList<WebhookEntry>();
	private readonly receivers = new Map<string, Subscription[]>();
	/** By receiver and message. */
	private readonly started = new Map<string, StartedWebhook[]>();
	private aborter = new AbortController();
	private lastId = 0;

	constructor(
		private readonly timers: Timers,
		private readonly now: () => number,
	) {}

	subscription(provider: string): Subscription | undefined {
		return this.subscriptions(provider)[0];
	}

	/** Several for a provider that takes more than one (1MSG, docs/reference/providers.md 4.5). */
	subscriptions(provider: string): Subscription[] {
		return this.receivers.get(provider) ?? [];
	}

	/** Replaces what is registered. Undefined: no receiver any more. */
	subscribe(provider: string, registered: Subscription | Subscription[] | undefined): void {
		this.receivers.set(provider, registered === undefined ? [] : [registered].flat());
	}

	unsubscribeAll(): void {
		this.receivers.clear();
	}

	/** Does nothing if there is no receiver. @param receivers who gets the webhook at the moment */
	send({ isMainFirst, ...webhook }: NewWebhook, receivers: () => Subscription[]): void {
		const [main, ...others] = receivers();
		if (main === undefined) return;
		const sendToOthers = () => others.forEach((other) => this.sendTo(other, webhook, receivers));
		if (isMainFirst) return this.sendTo(main, webhook, receivers, sendToOthers);
		this.sendTo(main, webhook, receivers);
		sendToOthers();
	}

	private sendTo(
		subscription: Subscription,
		{ wrongSecret, seal, isStrict, ...webhook }: Omit<NewWebhook, 'isMainFirst'>,
		receivers: () => Subscription[],
		onDelivered?: () => void,
	): void {
		const headers: Record<string, string> = { 'content-type': 'application/json', ...seal?.headers };
		for (const [name, value] of Object.entries(subscription.headers)) {
			headers[name] = wrongSecret ? `wrong-${value}` : value;
		}
		const entry: WebhookEntry = {
			...webhook,
			id: (this.lastId += 1),
			url: wrongSecret ? withWrongQuery(subscription.url) : subscription.url,
			headers,
			attempts: [],
			state: 'trying',
		};
		this.log.add(entry);
		const isThere = () => receivers().some(({ url }) => url === subscription.url);
		const text = seal?.text ?? JSON.stringify(webhook.body);
		const { signal } = this.aborter;
		this.inTurn(entry, async (onAnswer) => {
			if (signal.aborted) return;
			await this.deliver(entry, text, isThere, { signal, onAnswer: isStrict ? () => undefined : onAnswer });
			if (entry.state === 'delivered') onDelivered?.();
		});
	}

	/**
	 * A status of a message leaves when the receiver has answered the one before. A busy receiver would get them in any
	 * order, and no test could count on one. Repetitions of an event leave at once.
	 * @param deliver it must call its parameter or end
	 */
	private inTurn({ url, messageIds, events }: WebhookEntry, deliver: (onAnswer: () => void) => Promise<void>): void {
		const [key, event] = [`${url} ${messageIds.join()}`, events.join()];
		const started = this.started.get(key) ?? [];
		const before = started.filter((one) => one.event !== event).map(({ answered }) => answered);
		const answered = Promise.all(before).then(
			() => new Promise<void>((resolve) => void deliver(resolve).then(resolve)),
		);
		if (messageIds.length > 0) this.started.set(key, [...started, { event, answered }]);
	}

	/** Aborts the webhooks under way and empties the log. The subscriptions stay. */
	abort(): void {
		this.aborter.abort();
		this.aborter = new AbortController();
		this.started.clear();
		this.log.remove();
	}

	private async deliver(
		entry: WebhookEntry,
		text: string,
		isThere: () => boolean,
		{ signal, onAnswer }: { signal: AbortSignal; onAnswer: () => void },
	): Promise<void> {
		while (entry.state === 'trying') {
			const { length } = entry.attempts;
			if (length > 0) await this.timers.pause(backOffMs(length));
			const at = new Date(this.now()).toISOString();
			const outcome = await this.post(entry, text, signal);
			if (signal.aborted) return;
			entry.attempts.push({ at, ...outcome });
			if (outcome.status === 200) entry.state = 'delivered';
			else if (!isThere() || length + 1 >= maxAttempts) entry.state = 'given up';
			this.log.changed();
			onAnswer();
		}
	}

	private async post({ url, headers }: WebhookEntry, text: string, signal: AbortSignal) {
		try {
			// As bytes, because the signature covers them: axios would change a string.
			const { status } = await http.post<unknown>(url, Buffer.from(text), { headers, signal });
			return { status };
		} catch (error) {
			return { error: error instanceof Error ? error.message : String(error) };
		}
	}
}

/** For providers whose secret is in the address (docs/reference/providers.md 4.5). */
function withWrongQuery(address: string): string {
	const url = new URL(address);
	for (const [name, value] of [...url.searchParams]) url.searchParams.set(name, `wrong-${value}`);
	return url.href;
}
