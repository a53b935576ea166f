import { verifying, type Installation } from '../support/installation';
import { containing, matching } from '../support/matchers';
import type { CredentialData } from '../support/n8n-core';
import { testsThatNeed } from '../support/required-tools';
import { checkCode, sendCode, type Sent } from '../support/send-and-check';
import { kinds, signingSecret, useInstallationWithRedis } from '../support/store-credentials';

const { describe, test, it } = testsThatNeed('Redis');

const base = useInstallationWithRedis();

const byPhone = { identifyBy: 'phone', to: '={{ $json.to }}' };

async function resultOf(on: Installation, { verificationId }: Sent, code: string): Promise<unknown> {
	const { json } = await on.run(verifying(), { input: [{ verificationId, code }] });
	return json.flat()[0]?.result;
}

async function expectKeyMissing(on: Installation, { verificationId, code }: Sent): Promise<void> {
	const { error, json } = await on.run(verifying(), { input: [{ verificationId, code }] });
	expect(json.flat()).toEqual([]);
	expect(error).toMatchObject({
		message: matching(/^The verification was signed with key \w+, which is no longer configured \[item 0\]$/),
		description: containing("Add the old secret to 'Previous Signing Secrets' in the WhatsApp OTP Store credential"),
	});
}

describe.each(kinds)('with %s', (_name, settings) => {
	const withStore = (more: CredentialData = {}) => base.with({ ...settings(base), ...more });

	it('Verify refuses a wrong code and accepts the right one once', async () => {
		const on = withStore();
		const sent = await sendCode(on);
		expect(await resultOf(on, sent, sent.wrong)).toBe('invalid_code');
		expect(await resultOf(on, sent, sent.code)).toBe('approved');
		expect(await resultOf(on, sent, sent.code)).toBe('already_used');
		// The default store in n8n's folder does not know the code.
		expect(await resultOf(base.installation, sent, sent.code)).toBe('not_found');
	});

	it('nodes with the same signing secret share codes, and nodes with another secret do not', async () => {
		const sent = await sendCode(withStore());
		const stranger = withStore({ signingSecret: 'the secret of another system' });
		expect(await checkCode(stranger, { to: sent.to, code: sent.code }, byPhone)).toMatchObject({ result: 'not_found' });
		await expectKeyMissing(stranger, sent);
		expect(await resultOf(withStore(), sent, sent.code)).toBe('approved');
	});

	it('codes of previous signing secrets are verified, and an error asks for a secret that was removed', async () => {
		const old = [await sendCode(withStore()), await sendCode(withStore())] as const;
		const change = {
			signingSecret: 'the secret after that',
			previousSigningSecrets: `an even older secret, ${signingSecret}`,
		};
		const changed = withStore(change);
		const fresh = await sendCode(changed);
		expect(await resultOf(changed, old[0], old[0].code)).toBe('approved');
		expect(await resultOf(changed, fresh, fresh.code)).toBe('approved');
		await expectKeyMissing(withStore({ signingSecret: change.signingSecret }), old[1]);
		expect(await resultOf(changed, old[1], old[1].code)).toBe('approved');
	});
});

test('operations on templates do not open the store', async () => {
	const list = { resource: 'template', operation: 'getAll' };
	const { json } = await base.with({ ...base.fields, port: 1, signingSecret: 'too short' }).run(list);
	expect(json[0]).toMatchObject([{ name: 'verification_code' }]);
	const env = { EXECUTIONS_MODE: 'queue', N8N_USER_FOLDER: '/nowhere' };
	expect((await base.installation.run(list, { env })).json).toEqual(json);
});
