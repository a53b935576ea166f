import { newPhone } from '../../support/installation';
import { containing, matching } from '../../support/matchers';
import type { Subject } from '../subjects/subject';
import type { Nodes } from './nodes';

/** The credential in its dialog and in a workflow. */
export function credentials(subject: Subject, nodes: Nodes): void {
	const { accepted = [], refused, faults = [] } = subject.credentialTest;
	const ok = { status: 'OK', message: 'Connection successful!' };

	it('passes its test with the account', async () => {
		expect(await nodes.testCredential()).toEqual(ok);
	});

	it.each(['//', ` ${subject.pathOfApi} \n`, '?token=x'])(
		'passes its test and sends with %j at the end of the base URL',
		async (end) => {
			const { baseUrl } = subject.account(nodes.sandbox().url);
			const account = { baseUrl: `\u200b${String(baseUrl)}${end.trimStart()}` };
			expect(await nodes.testCredential(account)).toEqual(ok);
			const { json } = await nodes.send([{ to: newPhone() }], {}, { account });
			expect(json.flat()).toMatchObject([{ result: 'sent' }]);
		},
	);

	if (accepted.length > 0) {
		it.each(accepted)('passes its test with $what', async ({ fields }) => {
			expect(await nodes.testCredential(fields)).toEqual(ok);
		});
	}

	it.each(refused)('fails its test with $what', async ({ fields, message }) => {
		const wrong = typeof fields === 'function' ? fields(nodes.sandbox().url) : fields;
		expect(await nodes.testCredential(wrong)).toMatchObject({ status: 'Error', message: containing(message) });
	});

	if (faults.length > 0) {
		it.each(faults)('fails its test for $what', async ({ fault, message }) => {
			nodes.sandbox().addFault({ provider: subject.id, ...fault });
			expect(await nodes.testCredential()).toMatchObject({ status: 'Error', message: containing(message) });
		});
	}

	it.each(subject.authentication)(
		'sends a code with $what, and nowhere else',
		async ({ fields, header, query = {} }) => {
			const to = newPhone();
			const { json } = await nodes.send([{ to }], {}, { account: fields });
			expect(json[1]).toMatchObject([{ result: 'sent', provider: subject.provider }]);
			const [request] = nodes.requests();
			if (header !== undefined) {
				const { name, value } = header;
				expect(request?.headers[name]).toEqual(typeof value === 'string' ? value : matching(value));
			}
			if (header?.name !== 'authorization') expect(request?.headers).not.toHaveProperty('authorization');
			expect(request?.query).toEqual(query);
			expect(nodes.sandbox().messages({ to })).toMatchObject([{ provider: subject.id }]);
		},
	);
}
