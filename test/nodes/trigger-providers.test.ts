import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { approveTemplate, newPhone, sending, useInstallation, triggerType } from '../support/installation';
import type { PublishedTrigger } from '../support/n8n-core';
import { anyString, containing, matching, startReceiver } from '../support/sandbox-account';
import { inSeconds } from '../support/time';
import { allEvents } from '../support/triggers';
import { adminOf, credentialOf, tellers } from '../support/webhook-senders';

const installation = useInstallation({});
const published: PublishedTrigger[] = [];

beforeEach(() => {
	// Far enough apart for one webhook to be done with before the next comes.
	installation.sandbox.setSchedule({ sentMs: 60, deliveredMs: 300, failedMs: 60 });
});
afterEach(async () => {
	for (const trigger of published.splice(0)) await trigger.stop();
});

describe.each(tellers)('the webhook at $account', ({ provider, account, credential, setElsewhere, look }) => {
	const credentials = () => credentialOf(installation.sandbox.url, { credential });
	const admin = () => adminOf(installation.sandbox.url, account);

	async function publish(options: INodeParameters = {}, isTest = false): Promise<PublishedTrigger> {
		const parameters = { provider, events: allEvents, options };
		const trigger = await installation.host.publish({
			trigger: { id: 'the-node', webhookId: 'the-node', type: triggerType, parameters },
			credentials: credentials(),
			isTest,
		});
		published.push(trigger);
		return trigger;
	}

	const registered = () =>
		installation.sandbox.subscriptions().filter((subscription) => subscription.provider === account);
	const addresses = () => registered().map(({ url }) => url.replace(/\?.*/, ''));
	const events = async (trigger: PublishedTrigger, count: number) => {
		const items: IDataObject[] = [];
		while (items.length < count) {
			const { run } = await trigger.next();
			items.push(...(run?.node('Trigger').outputs[0] ?? []).map(({ json }) => json));
		}
		return items;
	};
	const send = async (to = newPhone()) => {
		approveTemplate(installation.sandbox, 'verification_code', 'en_US', account);
		const { json } = await installation.run(
			{ provider, ...sending() },
			{ input: [{ to }], credentials: credentials() },
		);
		expect(json[0]).toHaveLength(1);
		return { to, verificationId: json[0]?.[0]?.verificationId };
	};

	it('is told the address when the workflow is published, and tells what becomes of a code', async () => {
		const trigger = await publish();
		expect(addresses()).toEqual([await trigger.url()]);
		expect(await trigger.hook('checkExists')).toBe(true);
		const { to, verificationId } = await send();
		const about = { provider, verificationId, recipient: to.slice(1), occurredAt: inSeconds(0) };
		expect(await events(trigger, 2)).toMatchObject([
			{ event: 'message.sent', ...about },
			{ event: 'message.delivered', ...about },
		]);
	});

	it('tells of a code whose message it hears of before the answer to the send', async () => {
		const trigger = await publish();
		installation.sandbox.setSchedule({ sentMs: 1, statuses: ['sent'] });
		installation.sandbox.addFault({ provider: account, call: 'send', effect: { lateAnswerMs: 100 } });
		const { verificationId } = await send();
		expect(await events(trigger, 1)).toMatchObject([{ event: 'message.sent', verificationId }]);
	});

	it('tells why a code will not arrive', async () => {
		const trigger = await publish();
		const code = { dialog360: 131026, oneMsg: 131026, dialog360OnPremises: 1026, onPremises: 1026, metaCloud: 0 }[
			account
		];
		installation.sandbox.addFault({ provider: account, call: 'send', effect: { failedWebhook: { code } } });
		const { to, verificationId } = await send();
		// 1MSG's `ack` says no more than that it was not delivered.
		const known = { code, class: 'recipient', hint: 'Send this person a code by SMS or e-mail' };
		const error = account === 'oneMsg' ? { code: 'unknown', class: 'permanent', hint: anyString } : known;
		expect(await events(trigger, 1)).toMatchObject([
			{ event: 'message.failed', recipient: to.slice(1), verificationId, error },
		]);
	});

	it('forgets the address when the workflow is unpublished', async () => {
		const trigger = await publish();
		await trigger.unpublish();
		expect(registered()).toEqual([]);
		expect(trigger.staticData).toEqual({});
	});

	it('starts nothing with a wrong secret, and with none', async () => {
		const trigger = await publish();
		installation.sandbox.setSchedule({ wrongSecret: true, statuses: ['sent'] });
		await send();
		expect(await trigger.next()).toMatchObject({ status: 401 });
		const answer = await fetch(await trigger.url(), { method: 'POST', body: '{}' });
		expect([answer.status, await answer.text()]).toEqual([401, 'Unauthorized']);
	});

	it('that points elsewhere stops the activation with that address and without its secrets', async () => {
		const http = await admin();
		await setElsewhere(http, 'https://user:password@crm.example.test/hooks?key=theirs');
		const before = await look(http);
		await expect(publish()).rejects.toMatchObject({
			name: 'NodeOperationError',
			message: matching(/already points to https:\/\/crm\.example\.test\/hooks$/),
			description: containing("'Replace Existing Webhook'"),
		});
		expect(await look(http)).toEqual(before);
	});

	it('gets everything back that it had before it was replaced', async () => {
		const http = await admin();
		await setElsewhere(http, 'https://user:password@crm.example.test/hooks?key=theirs');
		const before = await look(http);
		const trigger = await publish({ replaceExistingWebhook: true });
		expect(addresses()).toEqual([await trigger.url()]);
		expect(JSON.stringify(trigger.staticData)).not.toContain('theirs');
		await send();
		expect(await events(trigger, 2)).toMatchObject([{ event: 'message.sent' }, { event: 'message.delivered' }]);
		await trigger.unpublish();
		expect(await look(http)).toEqual(before);
	});

	it('is lent to the editor for test events and given back to the published workflow', async () => {
		const http = await admin();
		const receiver = await startReceiver();
		await setElsewhere(http, receiver.url);
		const original = await look(http);
		const trigger = await publish({ replaceExistingWebhook: true });
		const live = await look(http);
		const test = await publish({}, true);
		expect(addresses()).toEqual([await test.url()]);
		const { verificationId } = await send();
		expect(await events(test, 1)).toMatchObject([{ event: 'message.sent', verificationId }]);
		await test.unpublish();
		expect(await look(http)).toEqual(live);
		await trigger.unpublish();
		expect(await look(http)).toEqual(original);
		await receiver.stop();
	});

	it('ends with the workflow, though test events are being listened for', async () => {
		const trigger = await publish();
		const test = await publish({}, true);
		await trigger.unpublish();
		expect(registered()).toEqual([]);
		await test.unpublish();
		expect(registered()).toEqual([]);
	});

	it('stays with the workflow that was published while test events were listened for', async () => {
		const test = await publish({}, true);
		const trigger = await publish();
		await test.unpublish();
		expect(addresses()).toEqual([await trigger.url()]);
		await trigger.unpublish();
		expect(registered()).toEqual([]);
	});

	it('gets back what test events replaced, where the workflow was published before they ended', async () => {
		const http = await admin();
		await setElsewhere(http, 'https://crm.example.test/hooks?key=theirs');
		const original = await look(http);
		const test = await publish({ replaceExistingWebhook: true }, true);
		const trigger = await publish({ replaceExistingWebhook: true });
		await test.unpublish();
		await trigger.unpublish();
		expect(await look(http)).toEqual(original);
	});

	it('stays with the published workflow where test events can not be listened for', async () => {
		const trigger = await publish();
		const live = await look(await admin());
		installation.sandbox.addFault({
			provider: account,
			call: 'setWebhook',
			times: 1,
			effect: { answer: { status: 500, body: {} } },
		});
		await expect(publish({}, true)).rejects.toThrow();
		expect(await look(await admin())).toEqual(live);
		await trigger.unpublish();
		expect(registered()).toEqual([]);
	});
});
