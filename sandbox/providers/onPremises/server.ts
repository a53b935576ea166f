import { randomBytes } from 'node:crypto';
import type { GivenSettings } from './settings';

const day = 24 * 3600 * 1000;

/** What the server knows of a number; `unknown` and `processing` end with the next check of it. */
export const contactStates = ['valid', 'unknown', 'processing', 'invalid'] as const;

export interface Contact {
	state: (typeof contactStates)[number];
	/** The number as WhatsApp writes it: digits. */
	waId: string;
}

/** One server of the On-Premises API: who is logged in, whom it knows, what it is set to. */
export class OnPremisesServer {
	/** How long a token lives; seven days unless set (docs/reference/providers.md 2.1). */
	sessionMs = 7 * day;
	/** As they were set. */
	settings: GivenSettings = {};
	private readonly sessions = new Map<string, number>();
	private readonly contacts = new Map<string, Contact>();

	constructor(private readonly now: () => number) {}

	logIn(): { token: string; expiresAt: number } {
		const token = `eyJ${randomBytes(45).toString('base64url')}`;
		const expiresAt = this.now() + this.sessionMs;
		this.sessions.set(token, expiresAt);
		return { token, expiresAt };
	}

	isLoggedIn(token: string): boolean {
		return (this.sessions.get(token) ?? 0) > this.now();
	}

	/** Without a token: everybody. */
	logOut(token?: string): void {
		if (token === undefined) this.sessions.clear();
		else this.sessions.delete(token);
	}

	contact(digits: string): Contact {
		return this.contacts.get(digits) ?? { state: 'valid', waId: digits };
	}

	/** A number that differs from its `waId` is known under the latter once it was checked. */
	setContact(digits: string, contact: Contact): void {
		this.contacts.set(digits, contact);
	}

	/** What a contact check says, and what the server knows from then on. */
	check(digits: string): Contact {
		const contact = this.contact(digits);
		if (contact.state === 'processing') this.setContact(digits, { ...contact, state: 'unknown' });
		if (contact.state !== 'unknown') return contact;
		if (contact.waId === digits) this.setContact(digits, { ...contact, state: 'valid' });
		return { ...contact, state: 'valid' };
	}

	clear(keep: { subscriptions?: boolean } = {}): void {
		this.sessionMs = 7 * day;
		this.logOut();
		this.contacts.clear();
		if (!keep.subscriptions) this.settings = {};
	}

	/** `sent` is off unless it is turned on, and each can be turned off by itself (docs/reference/providers.md 2.5). */
	reports(status: 'sent' | 'delivered' | 'read'): boolean {
		const { webhooks, sent_status: tellsSent = false } = this.settings;
		return (webhooks?.message?.[status] ?? true) && (status !== 'sent' || tellsSent);
	}

	resetSettings(): void {
		this.settings = {};
	}
}
