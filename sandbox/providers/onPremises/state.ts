import { randomBytes } from 'node:crypto';
import type { Kept, OwnState } from '../../state';
import type { StatusChange } from '../../status-schedule';

const day = 24 * 3600 * 1000;

/** What the server knows about a number. The next check ends `unknown` and `processing`. */
export const contactStates = ['valid', 'unknown', 'processing', 'invalid'] as const;

export interface Contact {
	state: (typeof contactStates)[number];
	/** The number as WhatsApp writes it: digits. */
	waId: string;
}

/** The settings as the account set them (docs/reference/providers.md 2.5). */
export interface Settings {
	webhooks?: {
		url?: string;
		max_concurrent_requests?: number;
		message?: { sent?: boolean; delivered?: boolean; read?: boolean };
	};
	sent_status?: boolean;
	callback_persist?: boolean;
	callback_backoff_delay_ms?: number;
	max_callback_backoff_delay_ms?: number;
}

/** One server of the On-Premises API: its logins, its contacts and its settings. */
export class OnPremisesState implements OwnState {
	/** The lifetime of a token; default seven days (docs/reference/providers.md 2.1). */
	sessionMs = 7 * day;
	settings: Settings = {};
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

	/** Without a token: ends all logins. */
	logOut(token?: string): void {
		if (token === undefined) this.sessions.clear();
		else this.sessions.delete(token);
	}

	contact(digits: string): Contact {
		return this.contacts.get(digits) ?? { state: 'valid', waId: digits };
	}

	/** If the number differs from its `waId`, a check makes the server know the `waId`. */
	setContact(digits: string, contact: Contact): void {
		this.contacts.set(digits, contact);
	}

	/** The result of a contact check. The server remembers it. */
	check(digits: string): Contact {
		const contact = this.contact(digits);
		if (contact.state === 'processing') this.setContact(digits, { ...contact, state: 'unknown' });
		if (contact.state !== 'unknown') return contact;
		if (contact.waId === digits) this.setContact(digits, { ...contact, state: 'valid' });
		return { ...contact, state: 'valid' };
	}

	clear(keep: Kept): void {
		this.sessionMs = 7 * day;
		this.logOut();
		this.contacts.clear();
		if (!keep.subscriptions) this.settings = {};
	}

	/** `sent` is off by default. Each status can be turned off (docs/reference/providers.md 2.5). */
	reports(status: StatusChange['status']): boolean {
		if (status === 'failed' || status === 'in_orbit') return true;
		const { webhooks, sent_status: isSentOn = false } = this.settings;
		return (webhooks?.message?.[status] ?? true) && (status !== 'sent' || isSentOn);
	}
}
