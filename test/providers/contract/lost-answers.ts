import { codeOn, newPhone } from '../../support/installation';
import { anyString, matching } from '../../support/matchers';
import { pass, skipPauses } from '../../support/time';
import type { Subject } from '../subjects/subject';
import type { Nodes } from './nodes';

const retrying = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** No provider has idempotency keys. So the node never repeats a send that may have arrived. */
export function lostAnswers({ advice, provider }: Subject, nodes: Nodes): void {
	const reason = matching(/closed the connection before it answered; the code may have been sent$/);

	it('gives the result unknown, and the code that arrived is valid', async () => {
		const to = newPhone();
		nodes.failSends({ loseAnswer: true }, to);
		const { json, status } = await nodes.send([{ to }]);
		expect(status).toBe('success');
		expect(json).toMatchObject([
			[{ result: 'unknown', status: 'pending', verificationId: anyString, to, provider, reason }],
			[],
		]);
		expect(nodes.requests()).toHaveLength(1);
		expect(nodes.sandbox().messages({ to })).toHaveLength(1);
		const code = codeOn(nodes.sandbox(), to);
		expect(await nodes.check({ verificationId: json[0]?.[0]?.verificationId, code })).toMatchObject({
			result: 'approved',
		});
	});

	it('is not repeated by Retry On Fail when another item makes the node run again', async () => {
		const [lost, broken] = [newPhone(), newPhone()];
		nodes.failSends({ loseAnswer: true }, lost, 1);
		nodes.failSends({ error: { code: advice.account[0] } }, broken, 2);
		const { json, status } = await nodes.send([{ to: lost }, { to: broken }], {}, { node: retrying });
		expect(status).toBe('success');
		expect(json[1]).toMatchObject([{ result: 'sent', to: broken, isResend: false }]);
		expect(json[0]).toMatchObject([{ result: 'unknown', to: lost, verificationId: anyString }]);
		expect(nodes.sandbox().messages({ to: lost })).toHaveLength(1);
		expect(nodes.sandbox().messages({ to: broken })).toHaveLength(1);
		expect(nodes.requests()).toHaveLength(1 + 3);
	});

	it('starts the cool-down, after which a send begins another verification, and both codes are valid', async () => {
		const to = newPhone();
		nodes.failSends({ loseAnswer: true }, to, 1);
		const { verificationId } = (await nodes.send([{ to }])).json[0]?.[0] ?? {};
		expect((await nodes.send([{ to }])).json[0]).toMatchObject([{ result: 'cooldown', retryAfterSeconds: 30 }]);
		pass(30);
		const old = codeOn(nodes.sandbox(), to);
		const [second] = (await nodes.send([{ to }])).json[1] ?? [];
		expect(second).toMatchObject({ result: 'sent', isResend: false });
		expect(second?.verificationId).not.toBe(verificationId);
		const checks = [
			{ verificationId, code: old },
			{ verificationId: second?.verificationId, code: codeOn(nodes.sandbox(), to) },
		];
		for (const each of checks) expect(await nodes.check(each)).toMatchObject({ result: 'approved' });
	});

	it('does not count if no connection was possible in three attempts', async () => {
		const to = newPhone();
		const pauses = skipPauses();
		const { json } = await nodes.send([{ to }], {}, { account: { baseUrl: 'http://127.0.0.1:1' } });
		const reason = '127.0.0.1:1 refused the connection; nothing was sent';
		expect(json[0]).toMatchObject([{ result: 'unknown', reason, to }]);
		expect(json[0]?.[0]).not.toHaveProperty('verificationId');
		expect(pauses).toEqual([1000, 4000]);
		pass(5);
		const sent = { result: 'sent', isResend: false, sendsRemaining: 3 };
		expect((await nodes.send([{ to }])).json[1]).toMatchObject([sent]);
	});
}
