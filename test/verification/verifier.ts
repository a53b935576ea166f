import type { BeginOutcome, SendTicket } from '../../verification/begin';
import type { BeginRequest } from '../../verification/begin-attempt';
import type { BeginRefusal } from '../../verification/begin-refusal';
import type { CheckOutcome, CheckRequest } from '../../verification/check';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { policySchema, type Policy } from '../../verification/policy';
import type { VerificationStore } from '../../verification/stores/store';
import type { StoreUnderTest } from './stores';

export const secret = 'a signing secret of the tests';
export const second = 1000;
export const minute = 60 * second;
export const hour = 60 * minute;

/** The store's clock, which stands still until a test moves it. */
export class TestClock {
	now = Date.UTC(2026, 0, 1, 12);

	readonly read = (): number => this.now;

	advance(milliseconds: number): void {
		this.now += milliseconds;
	}
}

/** The options of a send in a test. The rest is what a workflow sends without options. */
export interface Send extends Partial<Omit<BeginRequest, 'recipient' | 'policy'>> {
	to?: unknown;
	defaultCountry?: string;
	allowedCountries?: string[];
	/** Continues this verification. */
	verificationId?: string;
	policy?: Partial<Policy>;
}

export interface Check {
	purpose?: string;
	namespace?: string;
	/** Instead of the verification's id. */
	to?: unknown;
	callerIp?: string;
	limits?: CheckRequest['limits'];
}

export type Sent = Extract<BeginOutcome, { outcome: 'begun' }>;

let keys = 0;

/** An engine as the nodes use it, with short forms for tests. */
export class Verifier {
	constructor(
		readonly engine: Engine,
		readonly clock: TestClock,
		readonly store: VerificationStore,
	) {}

	begin({ to = '+12015550123', verificationId, policy, ...send }: Send = {}): Promise<BeginOutcome> {
		const { defaultCountry, allowedCountries, ...request } = send;
		const phone = { to, defaultCountry, allowedCountries };
		return this.engine.begin({
			recipient: verificationId === undefined ? phone : { verificationId },
			namespace: 'default',
			purpose: 'authentication',
			policy: policySchema.parse(policy ?? {}),
			provider: 'dialog360',
			idempotencyKey: `execution ${(keys += 1)}`,
			message: { template: 'verification_code' },
			...request,
		});
	}

	/** A send that must not be refused. */
	async send(request: Send = {}): Promise<Sent> {
		const issued = await this.begin(request);
		if (issued.outcome !== 'begun') throw new Error(`Not sent: ${JSON.stringify(issued)}`);
		return issued;
	}

	/** Another send of the same verification, which must not be refused. */
	resend({ ticket: { verificationId } }: { ticket: SendTicket }, request: Send = {}): Promise<Sent> {
		return this.send({ ...request, verificationId });
	}

	/** A send that must be refused. */
	async refused(request: Send = {}): Promise<BeginRefusal> {
		const issued = await this.begin(request);
		if (issued.outcome !== 'refused') throw new Error(`Not refused but ${issued.outcome}`);
		return issued;
	}

	check(sent: Sent | string, code: unknown, { to, ...request }: Check = {}): Promise<CheckOutcome> {
		const verificationId = typeof sent === 'string' ? sent : sent.ticket.verificationId;
		return this.engine.check({
			code,
			namespace: 'default',
			purpose: 'authentication',
			by: to === undefined ? { verificationId } : { phone: to },
			...request,
		});
	}

	/** The results of checking several codes, one after the other. */
	async results(sent: Sent | string, ...codes: unknown[]): Promise<string[]> {
		const results: string[] = [];
		for (const code of codes) results.push((await this.check(sent, code)).result);
		return results;
	}

	accepted({ ticket }: { ticket: SendTicket }, messageId: string) {
		return this.engine.recordSend(ticket, { outcome: 'accepted', messageId });
	}

	get(sent: Sent | string, namespace = 'default') {
		const verificationId = typeof sent === 'string' ? sent : sent.ticket.verificationId;
		return this.engine.get({ verificationId, namespace });
	}

	/** The same store behind an engine with other signing secrets, newest first. */
	withSecrets(...secrets: [string, ...string[]]): Verifier {
		return new Verifier(new Engine(this.store, new Keyring(secrets)), this.clock, this.store);
	}
}

/** An engine on an empty store whose clock the test moves. */
export async function openVerifier(store: StoreUnderTest): Promise<Verifier> {
	const clock = new TestClock();
	const opened = store.open(await store.place(), clock.read);
	return new Verifier(new Engine(opened, new Keyring([secret])), clock, opened);
}

/** Phones with different prefixes, because each prefix has a limit, too. */
export function phoneNumber(i: number): string {
	return `+1${2_015_560_000 + i * 10_000}`;
}

/** Different wrong codes of the right form. */
export function wrongCodes(code: string, count: number): string[] {
	const { length } = code;
	const next = (step: number) => String((Number(code) + step) % 10 ** length).padStart(length, '0');
	return Array.from({ length: count }, (_, i) => next(i + 1));
}

/** One wrong code of the right form. */
export function wrong(code: string): string {
	return wrongCodes(code, 1).join('');
}
