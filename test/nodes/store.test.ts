import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newPhone, sending, useInstallation, verifying } from '../support/installation';
import { matching } from '../support/matchers';
import { checkCode, sendCode } from '../support/send-and-check';

const installation = useInstallation();

/** An empty user folder of n8n. */
const userFolder = () => mkdtempSync(join(process.env.TEST_SCRATCH ?? '', 'user-'));

const storeFolder = (user: string) => join(user, '.n8n', 'whatsapp-otp');

function withStoreFolder(): string {
	const user = userFolder();
	mkdirSync(storeFolder(user), { recursive: true });
	return user;
}

/** Folders in which no store can be opened, and the words of the error. */
const hopeless: Array<[string, RegExp, () => string]> = [
	[
		'below a file',
		/signing\.key can not be created: part of its path is not a folder/,
		() => {
			const file = join(userFolder(), 'a file');
			writeFileSync(file, '');
			return file;
		},
	],
	[
		'with something else in place of the store',
		/verifications\.sqlite is not a SQLite database/,
		() => {
			const user = withStoreFolder();
			writeFileSync(
				join(storeFolder(user), 'verifications.sqlite'),
				'Dear diary, today I was no database. '.repeat(50),
			);
			return user;
		},
	],
	[
		'with a folder in place of the store',
		/verifications\.sqlite is a folder/,
		() => {
			const user = withStoreFolder();
			mkdirSync(join(storeFolder(user), 'verifications.sqlite'));
			return user;
		},
	],
];

describe.each(hopeless)('a store folder %s', (_what, reason, make) => {
	const sentence = (item: number) =>
		matching(new RegExp(`^The verification store /.*${reason.source} \\[item ${item}\\]$`));

	it('stops a send with one message, and the provider is not called', async () => {
		const env = { N8N_USER_FOLDER: make() };
		const { error, status } = await installation.run(sending(), { input: [{ to: newPhone() }], env });
		expect(status).toBe('error');
		expect(error).toMatchObject({ name: 'NodeOperationError', message: sentence(0), itemIndex: 0 });
		expect(error?.description).toMatch(/^[A-Z].*\.$/);
		expect(installation.sandbox.requests({ call: 'send' })).toEqual([]);
	});

	it('approves nothing', async () => {
		const { verificationId, code } = await sendCode(installation);
		const input = [1, 2].map(() => ({ verificationId, code }));
		const env = { N8N_USER_FOLDER: make() };
		const continued = await installation.run(verifying(), {
			input,
			env,
			node: { onError: 'continueRegularOutput' },
		});
		expect(continued.json).toEqual([[{ error: sentence(0) }, { error: sentence(1) }], []]);
		const { json } = await installation.run(verifying(), {
			input,
			env,
			node: { onError: 'continueErrorOutput' },
		});
		expect(json.map((items) => items.length)).toEqual([0, 0, 2]);
		expect((await installation.run(verifying(), { input, env })).status).toBe('error');
		expect(await checkCode(installation, { verificationId, code })).toMatchObject({ result: 'approved' });
	});
});

test('an error names a store folder without write access and says what to do', async () => {
	// The package reads some of its files late, and the other user may not read them. So it reads them here.
	await sendCode(installation);
	const user = userFolder();
	chmodSync(user, 0o500);
	const ran = await asNobody(() =>
		installation.run(sending(), { input: [{ to: newPhone() }], env: { N8N_USER_FOLDER: user } }),
	);
	expect(ran.error).toMatchObject({
		message: matching(/^The verification store \/.*signing\.key can not be written \[item 0\]$/),
		description: 'Give the user that runs n8n write access to the file and its folder.',
		itemIndex: 0,
	});
});

/** Root may write anywhere. So the process becomes another user (uid 65534) while `action` runs. */
async function asNobody<T>(action: () => Promise<T>): Promise<T> {
	if (process.getuid?.() !== 0) return await action();
	process.seteuid?.(65534);
	try {
		return await action();
	} finally {
		process.seteuid?.(0);
	}
}

test('in queue mode the default store is refused, and the message says why', async () => {
	const { verificationId, code } = await sendCode(installation);
	const env = { EXECUTIONS_MODE: 'queue' };
	for (const [parameters, input] of [
		[sending(), [{ to: newPhone() }]],
		[verifying(), [{ verificationId, code }]],
	] as const) {
		const { error, json } = await installation.run(parameters, { input: [...input], env });
		expect(error).toMatchObject({
			message: matching(/^n8n runs in queue mode: .* \[item 0\]$/),
			itemIndex: 0,
		});
		expect(error?.description).toMatch(/^[A-Z].*\.$/);
		expect(json.flat()).toEqual([]);
	}
});

test("a signing key that other users could read gets mode 600, and n8n's log says so", async () => {
	const user = withStoreFolder();
	const key = join(storeFolder(user), 'signing.key');
	writeFileSync(key, 'a key that a person wrote there');
	chmodSync(key, 0o644);
	const { status } = await installation.run(sending(), {
		input: [{ to: newPhone() }],
		env: { N8N_USER_FOLDER: user },
	});
	expect(status).toBe('success');
	expect((statSync(key).mode & 0o777).toString(8)).toBe('600');
	expect(installation.host.log.text()).toContain(
		`WhatsApp OTP: Other users of this machine could read or change ${key}`,
	);
});

describe('the store that is created on first use', () => {
	let folder: string;
	let env: { N8N_USER_FOLDER: string };
	let phones: string[];

	beforeAll(async () => {
		const user = userFolder();
		folder = storeFolder(user);
		env = { N8N_USER_FOLDER: user };
		phones = Array.from({ length: 5 }, newPhone);
		const input = phones.map((to) => ({ to, code: '493817' }));
		const metadata = '{"userId": "the-metadata"}';
		const own = sending({ codeSource: 'custom', code: '={{ $json.code }}', options: { metadata } });
		const { json } = await installation.run(own, { input, env });
		const ids = json[1]?.slice(0, 3).map(({ verificationId }) => ({ verificationId, code: '493817' })) ?? [];
		expect((await installation.run(verifying(), { input: ids, env })).json[1]).toHaveLength(3);
	});

	it('can be read by its owner only', () => {
		const mode = (path: string) => (statSync(path).mode & 0o777).toString(8);
		const files = readdirSync(folder).sort();
		expect(files).toEqual(['signing.key', ...['', '-shm', '-wal'].map((tail) => `verifications.sqlite${tail}`)]);
		expect(mode(folder)).toBe('700');
		expect(files.map((file) => mode(join(folder, file)))).toEqual(files.map(() => '600'));
	});

	it('contains no code, number or metadata in plain text', () => {
		const text = readdirSync(folder)
			.map((file) => readFileSync(join(folder, file), 'latin1'))
			.join('\n');
		expect(text).toContain('authentication');
		for (const secret of ['493817', 'the-metadata', ...phones.map((phone) => phone.slice(1))]) {
			expect(text).not.toContain(secret);
		}
	});
});
