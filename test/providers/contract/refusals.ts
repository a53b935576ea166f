import type { IDataObject } from 'n8n-workflow';
import { codeOn, newPhone } from '../../support/installation';
import { containing } from '../../support/matchers';
import { pass, skipPauses } from '../../support/time';
import type { RefusalKind, Subject } from '../subjects/subject';
import { failureOf, type Nodes } from './nodes';

/** The result of a send; `error`: the node stops, because the builder has to change something. */
const results: Record<RefusalKind, string> = {
	recipient: 'undeliverable',
	throttle: 'rate_limited',
	transient: 'unknown',
	uncertain: 'unknown',
	template: 'error',
	credential: 'error',
	account: 'error',
	permanent: 'error',
};

/** n8n's hint at why the node stopped. */
const causes = {
	template: 'configuration-invalid',
	credential: 'credential-invalid',
	account: 'configuration-invalid',
	permanent: 'configuration-invalid',
} as const;

/** Meta's error code for too many messages to one number. The node waits longer for it, and tries once more. */
const pairRate = 131056;

interface RefusedSend {
	[key: string]: string | number;
	to: string;
	errorCode: string | number;
	kind: RefusalKind;
}

/** The first send of a verification: a send that did not count came before it. */
/** Seconds. Also a send that did not go out pauses the phone for a short time. */
const afterWithdrawal = 5;

const firstSend = { result: 'sent', isResend: false, sendsRemaining: 3 };

/** What the node makes of a provider's refusals. */
export function refusals(subject: Subject, nodes: Nodes): void {
	/** One send to its own number for each error code. */
	const refusedSends = (): RefusedSend[] => {
		const kinds = Object.keys(results) as RefusalKind[];
		return kinds.flatMap((kind) =>
			(subject.errorCodes[kind] ?? []).map((errorCode) => ({ to: newPhone(), errorCode, kind })),
		);
	};
	const requestsTo = (to: string) =>
		nodes.requests().filter(({ body }) => JSON.stringify(body).includes(`${to.slice(1)}"`)).length;

	const expectedRequests = ({ errorCode, kind }: RefusedSend): number => {
		if (errorCode === pairRate) return 4;
		if (kind === 'throttle' || kind === 'transient') return 3;
		// n8n logs in again and repeats the request.
		return subject.logsIn && errorCode === 1005 ? 2 : 1;
	};

	it('gets its class from every documented error code', async () => {
		skipPauses();
		const refused = refusedSends();
		for (const { to, errorCode } of refused) nodes.failSends({ error: { code: errorCode } }, to);
		const { json, pairs } = await nodes.send(refused, {}, { node: { onError: 'continueRegularOutput' } });
		expect(json[1]).toEqual([]);
		expect(pairs[0]).toEqual(refused.map((_, item) => ({ item })));
		const found = refused.map(({ to, errorCode }, item) => {
			const { result, error, providerError }: IDataObject = json[0]?.[item] ?? {};
			const isError = typeof error === 'string' && error.endsWith(` [item ${item}]`);
			const { class: errorClass } = (providerError ?? {}) as IDataObject;
			return { errorCode, result: isError ? 'error' : result, errorClass, requests: requestsTo(to) };
		});
		const expected = refused.map((each) => {
			const result = results[each.kind];
			const errorClass = each.kind === 'uncertain' ? 'transient' : each.kind;
			return {
				errorCode: each.errorCode,
				result,
				errorClass: result === 'error' ? undefined : errorClass,
				requests: expectedRequests(each),
			};
		});
		expect(found).toEqual(expected);
		expect(nodes.sandbox().messages()).toEqual([]);

		nodes.sandbox().clearFaults();
		const uncounted = refused.filter(({ kind }) => kind !== 'recipient' && kind !== 'uncertain');
		pass(afterWithdrawal);
		const again = await nodes.send(uncounted);
		expect(again.json[1]).toMatchObject(uncounted.map(({ to }) => ({ ...firstSend, to })));
	});

	it.each(Object.entries(subject.advice))(
		'of the class %s tells n8n the cause and the builder the setting',
		async (errorClass, [errorCode, fix]) => {
			const to = newPhone();
			nodes.failSends({ error: { code: errorCode, details: 'because' } }, to);
			const ran = await nodes.send([{ to: newPhone() }, { to }]);
			expect(ran.status).toBe('error');
			expect(ran.error).toMatchObject({ name: 'NodeApiError', message: containing(' [item 1]'), itemIndex: 1 });
			expect(ran.error?.description).toContain(fix);
			expect(ran.error?.description).toContain('. The provider said: ');
			expect(failureOf(ran)).toEqual({ cause: causes[errorClass as keyof typeof causes] });
		},
	);

	it.each(subject.mistakes)(
		'because of $what tells the builder the setting',
		async ({ account = {}, parameters = {}, message, fix, cause }) => {
			const to = newPhone();
			const ran = await nodes.send([{ to }], parameters, { account });
			expect(ran.status).toBe('error');
			expect(ran.error).toMatchObject({ name: 'NodeApiError', itemIndex: 0 });
			expect(ran.error?.message).toContain(message);
			expect(ran.error?.message).toMatch(/ \[item 0\]$/);
			expect(ran.error?.description).toContain(fix);
			expect(failureOf(ran)).toEqual({ cause });
			pass(afterWithdrawal);
			expect((await nodes.send([{ to }])).json[1]).toMatchObject([firstSend]);
		},
	);

	it.each(['throttle', 'transient'] as const)(
		'of the class %s is tried again, and the code is sent once',
		async (errorClass) => {
			const pauses = skipPauses();
			const to = newPhone();
			nodes.failSends({ error: { code: subject.typicalErrorCodes[errorClass] } }, to, 2);
			const { json } = await nodes.send([{ to }]);
			expect(json[1]).toMatchObject([{ ...firstSend, to }]);
			expect(pauses).toEqual([1000, 4000]);
			expect(nodes.requests()).toHaveLength(3);
			const bodies = nodes.requests().map(({ body }) => body);
			expect(bodies).toEqual(Array(3).fill(subject.body({ to, code: codeOn(nodes.sandbox(), to) })));
			expect(nodes.sandbox().messages({ to })).toHaveLength(1);
		},
	);

	it('of the class recipient ends the verification', async () => {
		const to = newPhone();
		nodes.failSends({ error: { code: subject.typicalErrorCodes.recipient } }, to, 1);
		const { json } = await nodes.send([{ to }], { options: { messagesPerSecond: 0, metadata: '{"user": 7}' } });
		const [refused] = json[0] ?? [];
		expect(refused).toMatchObject({
			result: 'undeliverable',
			status: 'undeliverable',
			to,
			provider: subject.provider,
			metadata: { user: 7 },
			providerError: { class: 'recipient' },
		});
		const entry = { verificationId: refused?.verificationId, code: '123456' };
		expect(await nodes.check(entry)).toMatchObject({ result: 'undeliverable', attemptsRemaining: 5 });
		expect(nodes.requests()).toHaveLength(1);
	});

	it('with a retry-after header gives the seconds to wait', async () => {
		skipPauses(7000);
		const to = newPhone();
		nodes.failSends({ answer: { status: 429, body: {}, headers: { 'retry-after': '7' } } }, to);
		const { json } = await nodes.send([{ to }]);
		expect(json[0]).toMatchObject([{ result: 'rate_limited', retryAfterSeconds: 7, to }]);
		expect(json[0]?.[0]).not.toHaveProperty('verificationId');
	});
}
