import type { OwnState } from '../../state';

/** WA.cr keeps one code per phone and purpose (docs/reference/providers.md 5.3). */
export interface KeptCode {
	code: string;
	createdAt: number;
	expiresAt: number;
	attempts: number;
}

/** The codes and contacts of one customer of WA.cr, and the calls that count for its rate limits. */
export class WaCrState implements OwnState {
	private readonly codes = new Map<string, KeptCode>();
	private readonly contacts = new Map<string, number>();
	private readonly calls = new Map<string, number[]>();

	constructor(private readonly now: () => number) {}

	keepCode(phone: string, purpose: string, code: string, minutes: number): KeptCode {
		const createdAt = this.now();
		const kept = { code, createdAt, expiresAt: createdAt + minutes * 60_000, attempts: 0 };
		this.codes.set(`${phone} ${purpose}`, kept);
		return kept;
	}

	code(phone: string, purpose: string): KeptCode | undefined {
		return this.codes.get(`${phone} ${purpose}`);
	}

	deleteCode(phone: string, purpose: string): void {
		this.codes.delete(`${phone} ${purpose}`);
	}

	/** The id of the contact. Creates the contact if there is none. */
	contactId(phone: string): number {
		const id = this.contacts.get(phone) ?? this.contacts.size + 1;
		this.contacts.set(phone, id);
		return id;
	}

	hasContact(id: number): boolean {
		return [...this.contacts.values()].includes(id);
	}

	/** Counts a call if the limit allows it, and returns 0. Otherwise returns the seconds until it is allowed. */
	countCall(subject: string, limit: number, windowMs: number): number {
		const now = this.now();
		const recent = (this.calls.get(subject) ?? []).filter((at) => at > now - windowMs);
		const [oldest = now] = recent;
		if (recent.length >= limit) return Math.max(1, Math.ceil((oldest + windowMs - now) / 1000));
		this.calls.set(subject, [...recent, now]);
		return 0;
	}

	clear(): void {
		this.codes.clear();
		this.contacts.clear();
		this.calls.clear();
	}
}
