import type { IDataObject } from 'n8n-workflow';
import { codeOn, newPhone } from '../../../support/installation';
import { containing } from '../../../support/matchers';
import { skipPauses } from '../../../support/time';
import type { Fate } from '../codes';
import { failureOf, type Nodes } from '../nodes';
import type { Subject } from '../subjects';

/** What a class of refusals comes to; `thrown`: the builder has to mend something, and the send counts nowhere. */
const results: Record<Fate, string> = {
	recipient: 'undeliverable',
	throttle: 'rate_limited',
	transient: 'unknown',
	lost: 'unknown',
	...{ template: 'thrown', credential: 'thrown', account: 'thrown', permanent: 'thrown' },
};

/** n8n's hint of why the node stopped. */
const causes = {
	template: 'configuration-invalid',
	credential: 'credential-invalid',
	account: 'configuration-invalid',
	permanent: 'configuration-invalid',
} as const;

const pairRate = 131056;

interface Refused {
	[key: string]: string | number;
	to: string;
	code: string | number;
	fate: string;
}

const countsNowhere = { result: 'sent', isResend: false, sendsRemaining: 3 };

export function refusals(subject: Subject, nodes: Nodes): void {
	const refusedSends = (): Refused[] =>
		Object.entries(subject.codes).flatMap(([fate, codes]) => codes.map((code) => ({ to: newPhone(), code, fate })));
	const timesAsked = (to: string) =>
		nodes.asked().filter(({ body }) => JSON.stringify(body).includes(`${to.slice(1)}"`)).length;

	const expectedTimes = ({ code, fate }: Refused): number => {
		if (code === pairRate) return 4;
		if (fate === 'throttle' || fate === 'transient') return 3;
		// n8n logs in again and asks once more.
		return subject.logsIn && code === 1005 ? 2 : 1;
	};

	it('land in their classes, every code of the documents', async () => {
		skipPauses();
		const refused = refusedSends();
		for (const { to, code } of refused) nodes.fail({ error: { code } }, to);
		const { json, pairs } = await nodes.send(refused, {}, { node: { onError: 'continueRegularOutput' } });
		expect(json[0]).toEqual([]);
		expect(pairs[1]).toEqual(refused.map((_, item) => ({ item })));
		const found = refused.map(({ to, code }, item) => {
			const { result, error, providerError }: IDataObject = json[1]?.[item] ?? {};
			const isThrown = typeof error === 'string' && error.endsWith(` [item ${item}]`);
			const { class: errorClass } = (providerError ?? {}) as IDataObject;
			return { code, result: isThrown ? 'thrown' : result, errorClass, times: timesAsked(to) };
		});
		const expected = refused.map((each) => {
			const result = results[each.fate as Fate];
			const errorClass = each.fate === 'lost' ? 'transient' : each.fate;
			return {
				code: each.code,
				result,
				errorClass: result === 'thrown' ? undefined : errorClass,
				times: expectedTimes(each),
			};
		});
		expect(found).toEqual(expected);
		expect(nodes.sandbox().messages()).toEqual([]);

		nodes.sandbox().clearFaults();
		const uncounted = refused.filter(({ fate }) => fate !== 'recipient' && fate !== 'lost');
		const again = await nodes.send(uncounted);
		expect(again.json[0]).toMatchObject(uncounted.map(({ to }) => ({ ...countsNowhere, to })));
	});

	it.each(Object.entries(subject.settings))(
		'of class %s name the setting to n8n and to the builder',
		async (errorClass, [code, fix]) => {
			const to = newPhone();
			nodes.fail({ error: { code, details: 'because' } }, to);
			const ran = await nodes.send([{ to: newPhone() }, { to }]);
			expect(ran.status).toBe('error');
			expect(ran.error).toMatchObject({ name: 'NodeApiError', message: containing(' [item 1]'), itemIndex: 1 });
			expect(ran.error?.description).toContain(fix);
			expect(ran.error?.description).toContain('. The provider said: ');
			expect(failureOf(ran)).toEqual({ cause: causes[errorClass as keyof typeof causes] });
		},
	);

	it.each(subject.mistakes)(
		'tell a builder of $what',
		async ({ account = {}, parameters = {}, message, fix, cause }) => {
			const to = newPhone();
			const ran = await nodes.send([{ to }], parameters, { account });
			expect(ran.status).toBe('error');
			expect(ran.error).toMatchObject({ name: 'NodeApiError', itemIndex: 0 });
			expect(ran.error?.message).toContain(message);
			expect(ran.error?.message).toMatch(/ \[item 0\]$/);
			expect(ran.error?.description).toContain(fix);
			expect(failureOf(ran)).toEqual({ cause });
			expect((await nodes.send([{ to }])).json[0]).toMatchObject([countsNowhere]);
		},
	);

	it.each(['throttle', 'transient'] as const)('of class %s are followed by the code, sent once', async (errorClass) => {
		const pauses = skipPauses();
		const to = newPhone();
		nodes.fail({ error: { code: subject.typical[errorClass] } }, to, 2);
		const { json } = await nodes.send([{ to }]);
		expect(json[0]).toMatchObject([{ ...countsNowhere, to }]);
		expect(pauses).toEqual([1000, 4000]);
		expect(nodes.asked()).toHaveLength(3);
		const bodies = nodes.asked().map(({ body }) => body);
		expect(bodies).toEqual(Array(3).fill(subject.body({ to, code: codeOn(nodes.sandbox(), to) })));
		expect(nodes.sandbox().messages({ to })).toHaveLength(1);
	});

	it('of a person end the verification, until another number or channel is found', async () => {
		const to = newPhone();
		nodes.fail({ error: { code: subject.typical.recipient } }, to, 1);
		const { json } = await nodes.send([{ to }], { options: { messagesPerSecond: 0, metadata: '{"user": 7}' } });
		const [refused] = json[1] ?? [];
		expect(refused).toMatchObject({
			...{ result: 'undeliverable', status: 'undeliverable', to, provider: subject.provider, metadata: { user: 7 } },
			providerError: { class: 'recipient' },
		});
		const entry = { verificationId: refused?.verificationId, code: '123456' };
		expect(await nodes.check(entry)).toMatchObject({ result: 'undeliverable', attemptsRemaining: 5 });
		expect(nodes.asked()).toHaveLength(1);
	});

	it('of the pace give the seconds after which to try again', async () => {
		skipPauses(7000);
		const to = newPhone();
		nodes.fail({ answer: { status: 429, body: {}, headers: { 'retry-after': '7' } } }, to);
		const { json } = await nodes.send([{ to }]);
		expect(json[1]).toMatchObject([{ result: 'rate_limited', retryAfterSeconds: 7, verificationId: null, to }]);
	});
}

/** Answers that no document shows as they come, or that gateways before the provider give. */
export function odd(subject: Subject, nodes: Nodes): void {
	it.each(subject.oddAnswers)('$what: $result', async ({ answer, result, asked, tells }) => {
		skipPauses(45_000);
		const to = newPhone();
		nodes.fail({ answer: { ...answer, body: answer.body ?? '' } }, to);
		const { json, error, status } = await nodes.send([{ to }]);
		expect(nodes.asked()).toHaveLength(subject.logsIn && answer.status === 401 ? 2 : asked);
		expect(nodes.sandbox().messages()).toEqual([]);
		if (typeof tells === 'string') {
			expect(status).toBe('error');
			expect(error?.message).toContain(tells);
			expect(error).toMatchObject({ name: 'NodeApiError', itemIndex: 0, message: containing('[item 0]') });
			return;
		}
		expect(error).toBeUndefined();
		expect(json[result === 'sent' ? 0 : 1]).toMatchObject([{ result, to, ...tells }]);
		expect(json.flat()).toHaveLength(1);
	});
}
