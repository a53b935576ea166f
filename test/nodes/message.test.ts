import type { GenericValue } from 'n8n-workflow';
import { useInstallation } from '../support/installation';
import { listen, status, statusesPayload } from '../support/listening-workflow';
import { containing } from '../support/matchers';
import { sendCode } from '../support/send-and-check';
import { inSeconds, pass } from '../support/time';

const installation = useInstallation();

beforeEach(() => {
	installation.sandbox.setSchedule({ enabled: false });
});

async function getStatus(messageId: GenericValue) {
	const parameters = { resource: 'message', operation: 'getStatus', messageId: '={{ $json.messageId }}' };
	return await installation.run(parameters, { input: [{ messageId }], credentials: {} });
}

test('Get Status returns the status that the trigger has received', async () => {
	const { trigger, post } = await listen(installation);
	const began = inSeconds(0);
	const { to, verificationId } = await sendCode(installation, { options: { metadata: '{"userId": 7}' } });
	const messageId = installation.sandbox.messages({ to })[0]?.id;
	pass(2);
	await post({ json: statusesPayload(status(messageId, 'delivered')) });
	const { json, pairs } = await getStatus(messageId);
	expect(json[0]).toMatchObject([
		{
			messageId,
			recipient: String(to).replace('+', ''),
			provider: 'dialog360',
			status: 'delivered',
			acceptedAt: began,
			deliveredAt: inSeconds(0),
			verificationId,
			purpose: 'authentication',
			metadata: { userId: 7 },
		},
	]);
	for (const unknown of ['error', 'sentAt', 'readAt', 'failedAt']) expect(json[0]?.[0]).not.toHaveProperty(unknown);
	expect(pairs).toEqual([[{ item: 0 }]]);
	await trigger.unpublish();
});

test('Get Status of an unknown message fails and says what to check', async () => {
	expect((await getStatus('wamid.of.another.system')).error).toMatchObject({
		message: 'There is no record of this message [item 0]',
		itemIndex: 0,
		description: containing("'Message ID'"),
	});
	expect((await getStatus(' ')).error?.message).toBe("'Message ID' is empty [item 0]");
});
