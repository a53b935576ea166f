import axios from 'axios';
import type { ProviderId } from './accounts';
import { Journal } from './journal';
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
	wrongSecret: boolean;
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
	private readonly subscriptions = new Map<ProviderId, Subscription>();
	private aborter = new AbortController();
	private lastId = 0;

	constructor(
		private readonly timers: Timers,
		private readonly now: () => number,
	) {}

	subscription(provider: ProviderId): Subscription | undefined {
		return this.subscriptions.get(provider);
	}

	subscribe(provider: ProviderId, subscription: Subscription | undefined): void {
		if (subscription) this.subscriptions.set(provider, subscription);
		else this.subscriptions.delete(provider);
	}

	unsubscribeAll(): void {
		this.subscriptions.clear();
	}

	/** Does nothing where no receiver is registered. */
	post({ wrongSecret, ...letter }: Letter): void {
		const subscription = this.subscriptions.get(letter.provider);
		if (!subscription) return;
		const headers: Record<string, string> = { 'content-type': 'application/json' };
		for (const [name, value] of Object.entries(subscription.headers)) {
			headers[name] = wrongSecret ? `wrong-${value}` : value;
		}
		const entry: WebhookEntry = {
			...letter,
			id: (this.lastId += 1),
			url: subscription.url,
			headers,
			attempts: [],
			state: 'trying',
		};
		this.journal.add(entry);
		void this.attempt(entry);
	}

	/** Ends what is under way; the subscriptions stay. */
	recall(): void {
		this.aborter.abort();
		this.aborter = new AbortController();
		this.journal.remove();
	}

	private async attempt(entry: WebhookEntry): Promise<void> {
		const { signal } = this.aborter;
		const at = new Date(this.now()).toISOString();
		const outcome = await this.carry(entry, signal);
		if (signal.aborted) return;
		entry.attempts.push({ at, ...outcome });
		const isGone = this.subscriptions.get(entry.provider)?.url !== entry.url;
		if (outcome.status === 200) entry.state = 'delivered';
		else if (isGone || entry.attempts.length >= maxAttempts) entry.state = 'given up';
		else this.timers.after(backOffMs(entry.attempts.length), () => void this.attempt(entry));
		this.journal.changed();
	}

	private async carry({ url, headers, body }: WebhookEntry, signal: AbortSignal) {
		try {
			const { status } = await http.post<unknown>(url, body, { headers, signal });
			return { status };
		} catch (error) {
			return { error: error instanceof Error ? error.message : String(error) };
		}
	}
}
