import axios from 'axios';
import type { ProviderId } from './accounts';
import { Journal } from './awaitable-list';
import type { Seal } from './provider';
import type { Timers } from './timers';

export interface Subscription {
	url: string;
	headers: Record<string, string>;
}

export const webhookStates = ['trying', 'delivered', 'given up'] as const;

export interface WebhookEntry {
	id: number;
	provider: ProviderId;
	/** The statuses in it, or the template event. */
	events: string[];
	messageIds: string[];
	url: string;
	headers: Record<string, string>;
	body: unknown;
	attempts: Array<{ at: string; status?: number; error?: string }>;
	state: (typeof webhookStates)[number];
}

export type Letter = Pick<WebhookEntry, 'provider' | 'events' | 'messageIds' | 'body'> & {
	/** Whatever proves the sender is spoilt: the registered headers, the address's query. */
	wrongSecret: boolean;
	/** Where the provider signs, instead of the body as JSON. */
	seal?: Seal;
};

/** Real providers try for days; ten times is enough to see a receiver come back. */
const maxAttempts = 10;
const backOffMs = (attempt: number) => Math.min(100 * 2 ** (attempt - 1), 5000);

const http = axios.create({
	proxy: false,
	maxRedirects: 0,
	timeout: 30_000,
	validateStatus: () => true,
});

/** Carries webhooks to the registered receivers and repeats them until they are answered with 200. */
export class Postman {
	readonly journal = new Journal<WebhookEntry>();
	private readonly receivers = new Map<ProviderId, Subscription[]>();
	private aborter = new AbortController();
	private lastId = 0;

	constructor(
		private readonly timers: Timers,
		private readonly now: () => number,
	) {}

	subscription(provider: ProviderId): Subscription | undefined {
		return this.subscriptions(provider)[0];
	}

	/** More than one where the provider takes several (1MSG, docs/reference/providers.md 4.5). */
	subscriptions(provider: ProviderId): Subscription[] {
		return this.receivers.get(provider) ?? [];
	}

	/** Replaces what is registered; undefined: nobody is told any more. */
	subscribe(provider: ProviderId, registered: Subscription | Subscription[] | undefined): void {
		this.receivers.set(provider, registered === undefined ? [] : [registered].flat());
	}

	unsubscribeAll(): void {
		this.receivers.clear();
	}

	/** Does nothing where no receiver is registered. */
	post({ wrongSecret, seal, ...letter }: Letter): void {
		for (const subscription of this.subscriptions(letter.provider)) {
			const headers: Record<string, string> = { 'content-type': 'application/json', ...seal?.headers };
			for (const [name, value] of Object.entries(subscription.headers)) {
				headers[name] = wrongSecret ? `wrong-${value}` : value;
			}
			const entry: WebhookEntry = {
				...letter,
				id: (this.lastId += 1),
				url: wrongSecret ? withWrongQuery(subscription.url) : subscription.url,
				headers,
				attempts: [],
				state: 'trying',
			};
			this.journal.add(entry);
			void this.attempt(entry, subscription, seal?.text ?? JSON.stringify(letter.body));
		}
	}

	/** Ends what is under way; the subscriptions stay. */
	recall(): void {
		this.aborter.abort();
		this.aborter = new AbortController();
		this.journal.remove();
	}

	private async attempt(entry: WebhookEntry, subscription: Subscription, text: string): Promise<void> {
		const { signal } = this.aborter;
		const at = new Date(this.now()).toISOString();
		const outcome = await this.carry(entry, text, signal);
		if (signal.aborted) return;
		entry.attempts.push({ at, ...outcome });
		const isGone = !this.subscriptions(entry.provider).some(({ url }) => url === subscription.url);
		if (outcome.status === 200) entry.state = 'delivered';
		else if (isGone || entry.attempts.length >= maxAttempts) entry.state = 'given up';
		else this.timers.after(backOffMs(entry.attempts.length), () => void this.attempt(entry, subscription, text));
		this.journal.changed();
	}

	private async carry({ url, headers }: WebhookEntry, text: string, signal: AbortSignal) {
		try {
			// As bytes: a signature is over them, and axios would read a string first.
			const { status } = await http.post<unknown>(url, Buffer.from(text), { headers, signal });
			return { status };
		} catch (error) {
			return { error: error instanceof Error ? error.message : String(error) };
		}
	}
}

/** For providers whose secret stands in the address (docs/reference/providers.md 4.5). */
function withWrongQuery(address: string): string {
	const url = new URL(address);
	for (const [name, value] of [...url.searchParams]) url.searchParams.set(name, `wrong-${value}`);
	return url.href;
}
