import type { IDataObject } from 'n8n-workflow';
import {
	codeOn,
	newPhone,
	otpType,
	sending,
	useInstallation,
	verifying,
	wrongCode,
	type RunOptions,
} from '../support/installation';
import { anyString } from '../support/matchers';

const installation = useInstallation();

/** The five possible results of a send, in turn. */
const fates = ['sent', 'invalid_phone', 'undeliverable', 'blocked_country', 'broken'] as const;
type Fate = (typeof fates)[number];

interface Order {
	[key: string]: string | number;
	name: string;
	fate: Fate;
	to: string;
	template: string;
	countries: string;
}

/** Thirty sends whose answers arrive in another order. */
function orders(): Order[] {
	return Array.from({ length: 30 }, (_, index) => {
		const fate = fates[index % fates.length] ?? 'sent';
		const to = fate === 'invalid_phone' ? '+49' : newPhone();
		if (fate === 'undeliverable') {
			installation.sandbox.addFault({ to, effect: { error: { code: 131026 }, delayMs: 60 - index } });
		} else if (index < 15) installation.sandbox.addFault({ to, effect: { delayMs: 60 - 4 * index } });
		return {
			name: `person ${index}`,
			fate,
			to,
			template: fate === 'broken' ? 'no_such_template' : 'verification_code',
			countries: fate === 'blocked_country' ? 'US' : '',
		};
	});
}

const orderly = sending({
	template: { __rl: true, mode: 'name', value: '={{ $json.template }}' },
	options: { allowedCountries: '={{ $json.countries }}', metadata: '={{ { name: $json.name } }}' },
});

const names = (items: IDataObject[] = []) => items.map(({ metadata }) => (metadata as IDataObject | undefined)?.name);
const ofFate = (all: Order[], ...fate: Fate[]) => all.filter((order) => fate.includes(order.fate));
const pairsOf = (all: Order[], some: Order[]) => some.map((order) => ({ item: all.indexOf(order) }));

const broken = (item: number) => `There is no approved template with this name in this language [item ${item}]`;

describe('thirty items', () => {
	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'each leave by their own output, in order and paired, and failures go on: %s',
		async (onError) => {
			const all = orders();
			const { json, pairs, status } = await installation.run(orderly, {
				input: all,
				node: { onError },
			});
			expect(status).toBe('success');
			const sent = ofFate(all, 'sent');
			expect(names(json[1])).toEqual(sent.map(({ name }) => name));
			expect(pairs[1]).toEqual(pairsOf(all, sent));
			expect(json[1]?.map(({ to }) => to)).toEqual(sent.map(({ to }) => to));

			const failed = ofFate(all, 'broken');
			const isError = onError === 'continueErrorOutput';
			const refused = all.filter(({ fate }) => fate !== 'sent' && !(isError && fate === 'broken'));
			const results = refused.map(({ fate }) => (fate === 'broken' ? undefined : fate));
			expect(json[0]?.map(({ result }) => result)).toEqual(results);
			expect(pairs[0]).toEqual(pairsOf(all, refused));

			const errors = isError ? json[2] : json[0]?.filter(({ error }) => error !== undefined);
			expect(errors?.map(({ error }) => error)).toEqual(failed.map((order) => broken(all.indexOf(order))));
			expect(json).toHaveLength(isError ? 3 : 2);
			expect(installation.sandbox.messages()).toHaveLength(sent.length);
		},
	);

	it('are paired with their input items in the next node', async () => {
		const input = Array.from({ length: 30 }, (_, index) => ({
			to: index % 3 === 0 ? '+49' : newPhone(),
			namespace: `shop ${index}`,
		}));
		const namespace = '={{ $json.namespace }}';
		const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
		const behind = { ...get, options: { namespace: '={{ $("Start").item.json.namespace }}' } };
		const { result } = await installation.run(sending({ options: { namespace } }), {
			nodes: [
				{ name: 'OTP', type: otpType, parameters: sending({ options: { namespace } }) },
				{ name: 'Get', type: otpType, parameters: behind },
			],
			connections: { Start: [['OTP']], OTP: [['Not Sent'], ['Get']] },
			input,
		});
		expect(result.status).toBe('success');
		const numbers = input.filter((_, index) => index % 3 !== 0).map(({ to }) => to);
		expect(result.node('Get').outputs[0]?.map(({ json }) => json.to)).toEqual(numbers);
		expect(result.node('Not Sent').outputs[0]).toHaveLength(10);
	});

	it('are checked each with its own id and code', async () => {
		const phones = Array.from({ length: 30 }, newPhone);
		const { json } = await installation.run(sending(), { input: phones.map((to) => ({ to })) });
		const input = (json[1] ?? []).map(({ verificationId }, index) => {
			const code = codeOn(installation.sandbox, phones[index] ?? '');
			return { verificationId, code: index % 2 === 0 ? code : wrongCode(code) };
		});
		const checked = await installation.run(verifying(), { input });
		const even = input.flatMap((_, item) => (item % 2 === 0 ? [{ item }] : []));
		const odd = input.flatMap((_, item) => (item % 2 === 0 ? [] : [{ item }]));
		expect(checked.pairs).toEqual([odd, even]);
		const ids = (output: number) => checked.json[output]?.map(({ verificationId }) => verificationId);
		expect(ids(1)).toEqual(input.filter((_, item) => item % 2 === 0).map(({ verificationId }) => verificationId));
		expect(ids(0)).toEqual(input.filter((_, item) => item % 2 === 1).map(({ verificationId }) => verificationId));
	});

	it('to one number send one message', async () => {
		const to = newPhone();
		const { json } = await installation.run(sending(), {
			input: Array.from({ length: 30 }, () => ({ to })),
		});
		expect(json[1]).toHaveLength(1);
		const refused = new Set(json[0]?.map(({ result }) => result));
		expect([...refused]).toEqual(['cooldown']);
		expect(installation.sandbox.messages({ to })).toHaveLength(1);
	});
});

describe('if the node does not continue after a failure', () => {
	const mixed = async (concurrency: number, more: RunOptions = {}) => {
		const phones = Array.from({ length: 6 }, newPhone);
		const input = phones.map((to, index) => ({
			to,
			template: index === 2 ? 'no_such_template' : 'verification_code',
		}));
		const template = { __rl: true, mode: 'name', value: '={{ $json.template }}' };
		const ran = await installation.run(sending({ template, options: { concurrency } }), {
			input,
			...more,
		});
		return { phones, ...ran };
	};

	it('the first failing item stops the run, and nothing after it begins', async () => {
		const { phones, status, error, json } = await mixed(1);
		expect(status).toBe('error');
		expect(error).toMatchObject({
			message: broken(2),
			itemIndex: 2,
			name: 'NodeApiError',
			description: anyString,
		});
		expect(json.flat()).toEqual([]);
		expect(installation.sandbox.messages().map(({ to }) => `+${to}`)).toEqual(phones.slice(0, 2));
	});

	it('sends that have begun are finished and recorded', async () => {
		const { phones, error } = await mixed(6);
		expect(error?.itemIndex).toBe(2);
		const sent = installation.sandbox.messages();
		const sentTo = sent.map(({ to }) => `+${to}`);
		expect(sentTo.sort()).toEqual(phones.filter((_, index) => index !== 2).sort());
		const byPhone = verifying({ identifyBy: 'phone', to: '={{ $json.to }}' });
		const input = sent.map(({ to, code }) => ({ to: `+${to}`, code }));
		const { json } = await installation.run(byPhone, { input });
		expect(json[1]).toHaveLength(5);
	});

	it('Retry On Fail repeats only the items that were not sent', async () => {
		installation.sandbox.addFault({
			to: '+4915999955512',
			times: 1,
			effect: { error: { code: 131042 } },
		});
		const phones = [newPhone(), '+4915999955512', newPhone()];
		const { status, json } = await installation.run(sending(), {
			input: phones.map((to) => ({ to })),
			node: { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 },
		});
		expect(status).toBe('success');
		expect(json[1]?.map(({ to }) => to)).toEqual(phones);
		expect(json[1]).toMatchObject(phones.map(() => ({ result: 'sent', isResend: false, message: { id: anyString } })));
		const sent = installation.sandbox.messages().map(({ to }) => `+${to}`);
		expect(sent.sort()).toEqual([...phones].sort());
		expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(4);
	});
});

test('a run that is stopped finishes the sends that have begun and begins no other', async () => {
	const phones = Array.from({ length: 4 }, newPhone);
	const stop = new AbortController();
	installation.sandbox.addFault({ to: phones[0], effect: { delayMs: 100 } });
	const running = installation.run(sending({ options: { concurrency: 1 } }), {
		input: phones.map((to) => ({ to })),
		signal: stop.signal,
	});
	await installation.sandbox.waitForRequests({ call: 'send' });
	stop.abort();
	expect((await running).status).toBe('canceled');
	const [message] = await installation.sandbox.waitForMessages();
	const input = [{ to: phones[0] ?? '', code: message?.code ?? '' }];
	const byPhone = verifying({ identifyBy: 'phone', to: '={{ $json.to }}' });
	expect((await installation.run(byPhone, { input })).json[1]).toMatchObject([{ result: 'approved' }]);
	expect(installation.sandbox.requests({ call: 'send' })).toHaveLength(1);
});
