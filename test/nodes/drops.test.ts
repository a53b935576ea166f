import type { INodeParameters } from 'n8n-workflow';
import { byName, newPhone, sending, useInstallation, triggerType } from '../support/installation';
import { expectNothingLeaked } from '../support/leaked-codes';
import { listen, status, statusesPayload, triggerSpec } from '../support/listening-workflow';
import { matching } from '../support/matchers';
import { copyCodeTemplate } from '../support/message-samples';
import type { PublishedTrigger } from '../support/n8n-core';
import { checkCode, sendCode } from '../support/send-and-check';
import { inSeconds, pass } from '../support/time';
import { credentialOf, metaSender } from '../support/webhook-senders';

const installation = useInstallation();
const published: PublishedTrigger[] = [];

beforeEach(() => {
	// The sandbox sends no status: only the tests post events.
	installation.sandbox.setSchedule({ enabled: false });
});
afterEach(async () => {
	for (const trigger of published.splice(0)) await trigger.unpublish();
});

async function publish(): Promise<PublishedTrigger> {
	const parameters = { events: ['message.dropped'], options: { replaceExistingWebhook: true } };
	const trigger = await installation.host.publish(triggerSpec(installation, parameters));
	published.push(trigger);
	return trigger;
}

/** The items of the next run that the trigger starts without a webhook. */
async function dropped(trigger: PublishedTrigger) {
	const run = await trigger.nextRun();
	expectNothingLeaked(run, installation.host.log, installation.sandbox);
	expect(run.status).toBe('success');
	return run.node('Trigger').outputs[0]?.map(({ json }) => json) ?? [];
}

const metadata: INodeParameters = { options: { metadata: '{"user": 7}' } };

test('a message without any status is reported as dropped once, 135 seconds after the send', async () => {
	const sent = await sendCode(installation, metadata);
	const trigger = await publish();
	pass(134);
	const later = await sendCode(installation);
	pass(1);
	expect(await dropped(trigger)).toEqual([
		{
			event: 'message.dropped',
			provider: 'dialog360',
			messageId: matching(/^wamid\./),
			recipient: sent.to.slice(1),
			occurredAt: inSeconds(0),
			deliveryStatus: 'dropped',
			verificationId: sent.verificationId,
			purpose: 'authentication',
			metadata: { user: 7 },
		},
	]);
	pass(134);
	expect(await dropped(trigger)).toMatchObject([{ verificationId: later.verificationId }]);
	const get = { resource: 'otp', operation: 'get', verificationId: '={{ $json.verificationId }}' };
	const { json } = await installation.run(get, { input: [{ verificationId: later.verificationId }] });
	expect(json[0]).toMatchObject([{ deliveries: [{ status: 'dropped', droppedAt: inSeconds(0) }] }]);
});

test('messages that were dropped while n8n was down are reported in one run, to one trigger only', async () => {
	const sent = [await sendCode(installation), await sendCode(installation)];
	pass(3600);
	const triggers = [await publish(), await publish()];
	const items = await dropped(triggers[0]!);
	expect(items.map(({ verificationId }) => verificationId).sort()).toEqual(
		sent.map(({ verificationId }) => verificationId).sort(),
	);
	const late = await sendCode(installation);
	pass(200);
	const told = await Promise.race(triggers.map(dropped));
	expect(told).toMatchObject([{ verificationId: late.verificationId }]);
});

test('a delivered or failed message is not reported as dropped, and a late delivery is reported', async () => {
	const workflow = await listen(installation, { events: ['message.delivered', 'message.failed', 'message.dropped'] });
	published.push(workflow.trigger);
	const ids: string[] = [];
	for (let i = 0; i < 3; i += 1) {
		const { to } = await sendCode(installation);
		ids.push(installation.sandbox.messages({ to })[0]?.id ?? '');
	}
	const [delivered, failed, silent] = ids;
	await workflow.post({ json: statusesPayload(status(delivered, 'delivered'), status(failed, 'failed')) });
	pass(135);
	expect(await dropped(workflow.trigger)).toMatchObject([{ messageId: silent }]);
	const { items } = await workflow.post({ json: statusesPayload(status(silent, 'delivered')) });
	expect(items).toMatchObject([{ event: 'message.delivered', messageId: silent, deliveryStatus: 'delivered' }]);
});

test('the time to live of the template sets the time, if the list of templates has it', async () => {
	const { sandbox, host, run } = installation;
	const { components } = copyCodeTemplate();
	sandbox.setTemplate({ provider: metaSender.account, name: 'short_lived', components, messageSendTtlSeconds: 60 });
	const { provider } = metaSender;
	const credentials = credentialOf(sandbox.url, metaSender);
	const to = newPhone();
	const { json } = await run(sending({ provider, ...byName('short_lived') }), { input: [{ to }], credentials });
	pass(75);
	const parameters = { provider, events: ['message.dropped'] };
	const trigger = await host.publish({ trigger: { type: triggerType, parameters }, credentials });
	published.push(trigger);
	expect(await dropped(trigger)).toMatchObject([
		{ verificationId: json[1]?.[0]?.verificationId, recipient: to.slice(1) },
	]);
});

test('the code of a dropped message is still accepted', async () => {
	const to = newPhone();
	const sent = await sendCode(installation, {}, to);
	pass(135);
	await dropped(await publish());
	expect(await checkCode(installation, { verificationId: sent.verificationId, code: sent.code })).toMatchObject({
		result: 'approved',
	});
});
