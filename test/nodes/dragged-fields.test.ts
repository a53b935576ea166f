import { Expression, type IDataObject } from 'n8n-workflow';
import { draggedFields } from '../../nodes/shared/dragged-fields';
import { useInstallation, verifying } from '../support/installation';
import { checkCode, sendCode } from '../support/send-and-check';

const installation = useInstallation();

/** What n8n's expression engine returned for the fields that were looked up during `work`. */
async function lookedUp(work: () => Promise<unknown>): Promise<unknown[]> {
	const evaluate = jest.spyOn(Expression.prototype, 'resolveSimpleParameterValue');
	try {
		await work();
		const asked = evaluate.mock.calls.map(([expression]) => String(expression));
		const answers = evaluate.mock.results.map(({ value }: { value?: unknown }) => value);
		return answers.filter((_, i) => /^=.*\bjson\b/.test(asked[i] ?? ''));
	} finally {
		evaluate.mockRestore();
	}
}

/** The same fields in brackets. These do not count as dragged, so n8n evaluates each of them alone. */
const alone = { verificationId: '={{ ($json.verificationId) }}', code: '={{ ($json.code) }}' };

test('Verify looks up both dragged fields in one expression', async () => {
	const { verificationId, code, wrong } = await sendCode(installation);
	const apart = await lookedUp(() => checkCode(installation, { verificationId, code: wrong }, alone));
	expect(apart).toEqual([verificationId, wrong]);
	const together = await lookedUp(() => checkCode(installation, { verificationId, code }));
	expect(together).toEqual([[verificationId, code]]);
});

test('an object is copied out of the expression engine once', async () => {
	const { verificationId, code } = await sendCode(installation);
	const posted = { verificationId, code: { code } };
	expect(await lookedUp(() => checkCode(installation, posted))).toEqual([[verificationId, { code }]]);
});

/** What a page may post in place of the code, and the result of the check. */
const entries: Array<[string, (code: string) => IDataObject, string]> = [
	['a text', (code) => ({ code }), 'approved'],
	['a number', () => ({ code: 7 }), 'malformed'],
	['nothing', () => ({}), 'malformed'],
	['null', () => ({ code: null }), 'malformed'],
	['an empty text', () => ({ code: '' }), 'malformed'],
	['yes or no', () => ({ code: true }), 'malformed'],
	['a list', (code) => ({ code: [code] }), 'malformed'],
	['an object', (code) => ({ code: { code } }), 'malformed'],
	['a text with what ends a list', (code) => ({ code: `${code}'] }}` }), 'malformed'],
];

test.each(entries)(
	'a dragged field gives the same result as a field that n8n evaluates alone: %s',
	async (_name, entry, result) => {
		for (const parameters of [{}, alone]) {
			const { verificationId, code } = await sendCode(installation);
			expect(await checkCode(installation, { verificationId, ...entry(code) }, parameters)).toMatchObject({ result });
		}
	},
);

test.each([
	['with brackets', '={{ $json["verificationId"] }}', "={{$json['code']}}"],
	['from an earlier node', "={{ $('Start').item.json.verificationId }}", '={{ $json.code }}'],
	['from the first item', "={{ $('Start').first().json.verificationId }}", "={{ $('Start').last().json.code }}"],
	['a nested value', '={{ $json.form.ids[0] }}', '={{ $json.form["the code"] }}'],
])('a dragged field that reads %s is looked up', async (_name, verificationId, code) => {
	const sent = await sendCode(installation);
	const item = { ...sent, form: { ids: [sent.verificationId], 'the code': sent.code } };
	const check = async () =>
		expect(await checkCode(installation, item, { verificationId, code })).toMatchObject({ result: 'approved' });
	expect(await lookedUp(check)).toEqual([[sent.verificationId, sent.code]]);
});

test('a field whose path does not exist does not affect the other fields', async () => {
	const { verificationId } = await sendCode(installation);
	const answer = await checkCode(installation, { verificationId }, { code: '={{ $json.form.code }}' });
	expect(answer).toMatchObject({ result: 'malformed', verificationId });
});

test('each item is checked with its own fields', async () => {
	const [one, other] = [await sendCode(installation), await sendCode(installation)];
	const items = [one, { ...other, code: other.wrong }, { ...other, code: undefined }, other];
	const { json, pairs } = await installation.run(verifying(), { input: items });
	expect(json.map((output) => output.map(({ result }) => result))).toEqual([
		['invalid_code', 'malformed'],
		['approved', 'approved'],
	]);
	expect(pairs).toEqual([
		[{ item: 1 }, { item: 2 }],
		[{ item: 0 }, { item: 3 }],
	]);
});

test("a field that can not be looked up fails with n8n's own message", async () => {
	const { verificationId, code } = await sendCode(installation);
	const refused = async (field: string) => {
		const { status, error } = await installation.run(verifying({ code: field }), { input: [{ verificationId, code }] });
		return { status, error };
	};
	const [dragged, written] = [
		await refused("={{ $('Nowhere').item.json.code }}"),
		await refused("={{ ($('Nowhere').item.json.code) }}"),
	];
	expect(dragged).toEqual(written);
	expect(dragged.status).toBe('error');
});

test('only an expression that looks up one value counts as a dragged field', () => {
	const path = (expression: string) => draggedFields({ code: expression }, ['code'])[0]?.path;
	expect(path('={{ $json.code }}')).toBe('$json.code');
	expect(path("={{$('My Form').item.json['The code'].parts[0]}}")).toBe("$('My Form').item.json['The code'].parts[0]");
	const others = [
		'$json.code',
		'={{ $json.code + 1 }}',
		'={{ $json.code }}{{ $json.code }}',
		'={{ $json.code }} ',
		'= {{ $json.code }}',
		"={{ $json['a'], $json['b'] }}",
		"={{ $json['a\\']['b'] }}",
		"={{ $json['}}'] }}",
		'={{ $json.code() }}',
		'={{ $json[code] }}',
		"={{ $('a').all().json.code }}",
		"={{ $('a' + 'b').item.json.code }}",
		'={{ $json`code` }}',
		'={{ $now }}',
		'={{ $json.a, $json.b }}',
	];
	expect(others.filter((other) => path(other) !== undefined)).toEqual([]);
});
