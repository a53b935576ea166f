import { unreachable } from '../../nodes/WhatsAppOtpTrigger/registration/reachable';
import { useInstallation } from '../support/installation';
import { triggerSpec } from '../support/listening-workflow';
import { matching } from '../support/matchers';

/*
 * From public reports: WEBHOOK_URL of n8n was not set, or had no scheme. Such an address was registered at the provider
 * without a word, and no event ever came. The trigger must refuse it before it asks the provider, and name WEBHOOK_URL.
 */

const installation = useInstallation();

/** @param provider the base URL of the account */
function specOf(webhookBaseUrl: string, provider?: string) {
	const { account } = installation;
	const credentials = { whatsAppOtp360DialogApi: { ...account, ...(provider && { baseUrl: provider }) } };
	return { ...triggerSpec(installation), credentials, webhookBaseUrl };
}

const publicProvider = 'https://waba-v2.360dialog.io';

describe('An address of n8n that the provider cannot reach', () => {
	describe.each(['checkExists', 'create'] as const)("in n8n's step %s", (step) => {
		it.each([
			['http://localhost:5678/webhook', publicProvider, 'only your own network'],
			['http://192.168.1.20:5678/webhook', publicProvider, 'only your own network'],
			['http://n8n:5678/webhook', publicProvider, 'only your own network'],
			['abc.example/webhook', publicProvider, 'does not begin with https://'],
			['abc.example/webhook', undefined, 'does not begin with https://'],
		])('is refused before the provider is asked: %s', async (address, provider, problem) => {
			await expect(installation.host.runHook(step, specOf(address, provider))).rejects.toMatchObject({
				name: 'NodeOperationError',
				message: matching(new RegExp(`^n8n's webhook address is ${address}/.*, which .*${problem}.* WEBHOOK_URL`)),
			});
			expect(installation.sandbox.requests()).toEqual([]);
		});
	});

	it('is registered if the provider is on the same computer, as the sandbox is', async () => {
		const trigger = await installation.host.publish(specOf('http://localhost:5678/webhook'));
		expect(installation.sandbox.subscriptions()).toMatchObject([{ url: await trigger.url() }]);
		await trigger.unpublish();
	});
});

describe('The check of an address', () => {
	it.each([
		'http://localhost/',
		'https://LOCALHOST.:443/',
		'http://n8n.local/',
		'http://127.1/',
		'http://2130706433/',
		'http://10.1.2.3/',
		'http://172.20.0.2/',
		'http://169.254.1.1/',
		'http://100.64.0.1/',
		'http://0.0.0.0:5678/',
		'http://[::1]:5678/',
		'http://[::ffff:10.0.0.1]/',
		'http://[fd00::1]/',
		'http://[fe80::1]/',
		'http://n8n.svc.cluster.local/',
	])('finds that %s is private', (address) => expect(unreachable(address)).toBe('private'));

	it.each(['n8n.example.com', '//n8n.example.com', 'n8n.example.com:443/', 'ftp://n8n.example.com/', 'https://', ''])(
		'finds that %p has no scheme',
		(address) => expect(unreachable(address)).toBe('no scheme'),
	);

	it.each([
		'https://n8n.example.com/',
		'https://172.32.0.1/',
		'https://100.128.0.1/',
		'https://8.8.8.8/',
		'https://[2001:db8::1]/',
		'https://localhost.example.com/',
	])('finds nothing wrong with %s', (address) => expect(unreachable(address)).toBeUndefined());
});
