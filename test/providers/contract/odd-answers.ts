import { newPhone } from '../../support/installation';
import { containing } from '../../support/matchers';
import { skipPauses } from '../../support/time';
import type { Subject } from '../subjects/subject';
import type { Nodes } from './nodes';

/** Answers to a send that no document shows in this form, or that gateways in front of the provider give. */
export function oddAnswers(subject: Subject, nodes: Nodes): void {
	it.each(subject.oddAnswers)('$what gives the result $result', async ({ answer, result, requests, expected }) => {
		skipPauses(45_000);
		const to = newPhone();
		nodes.failSends({ answer: { ...answer, body: answer.body ?? '' } }, to);
		const { json, error, status } = await nodes.send([{ to }]);
		expect(nodes.requests()).toHaveLength(subject.logsIn && answer.status === 401 ? 2 : requests);
		expect(nodes.sandbox().messages()).toEqual([]);
		if (typeof expected === 'string') {
			expect(status).toBe('error');
			expect(error?.message).toContain(expected);
			expect(error).toMatchObject({ name: 'NodeApiError', itemIndex: 0, message: containing('[item 0]') });
			return;
		}
		expect(error).toBeUndefined();
		expect(json[result === 'sent' ? 1 : 0]).toMatchObject([{ result, to, ...expected }]);
		expect(json.flat()).toHaveLength(1);
	});
}
