import fc from 'fast-check';
import { mutationsOf } from '../providers/contract/webhook-mutations';
import { webhookBodies } from '../providers/subjects';
import { useInstallation, triggerType } from '../support/installation';
import { allEvents } from '../support/listening-workflow';
import type { PublishedTrigger } from '../support/n8n-core';
import { credentialOf, metaSender, webhookSenders, type WebhookAccount } from '../support/webhook-senders';

const installation = useInstallation();

const events = [...allEvents, 'template.status', 'template.quality', 'template.category'];

async function publish({ provider, credential }: WebhookAccount) {
	const parameters = { provider, events, options: { onlyOtpMessages: false, includeRaw: true, listenAt: 'app' } };
	return await installation.host.publish({
		trigger: { id: `the-${provider}`, webhookId: `the-${provider}`, type: triggerType, parameters },
		credentials: credentialOf(installation.sandbox.url, { credential }),
	});
}

/** The registered address, and the headers that prove the sender. */
function authentic({ account, sign }: WebhookAccount, body: string | Uint8Array) {
	const { url = '', headers = {} } = installation.sandbox.subscriptions().find((one) => one.provider === account) ?? {};
	return { url, headers: { ...headers, ...sign?.(body) } };
}

interface Post extends ReturnType<typeof authentic> {
	body: string | Uint8Array<ArrayBuffer>;
}

/** Posts all of them at once. */
async function post(trigger: PublishedTrigger, posts: readonly Post[]) {
	const statuses = await Promise.all(
		posts.map(async ({ url, headers, body }) => {
			// n8n refuses a body that is not JSON under the JSON type, and reads no body of other types.
			const type = typeof body === 'string' && body !== '' ? 'application/json' : 'application/octet-stream';
			const response = await fetch(url, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
			await response.text();
			return response.status;
		}),
	);
	const answers: Array<{ status: number; error: unknown; run: string }> = [];
	for (const status of statuses) {
		for (;;) {
			const { webhookName, error, run } = await trigger.next();
			if (webhookName !== 'default') continue;
			answers.push({ status, error, run: run?.status ?? 'success' });
			break;
		}
	}
	return answers;
}

const accountsToTry = [...webhookSenders.filter(({ account }) => account !== 'dialog360OnPremises'), metaSender];

test.each(accountsToTry)(
	'the trigger answers any post from $account with 200, and any other sender with 401',
	async (sender) => {
		const trigger = await publish(sender);
		const bodies = webhookBodies(sender.provider);
		const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => new Uint8Array(array));
		const body = fc.oneof({ weight: 9, arbitrary: mutationsOf(bodies) }, { weight: 1, arbitrary: bytes });
		await fc.assert(
			fc.asyncProperty(fc.array(body, { minLength: 1, maxLength: 10 }), async (several) => {
				const known = several.map((each) => ({ ...authentic(sender, each), body: each }));
				expect(await post(trigger, known)).toEqual(
					known.map(() => ({ status: 200, error: undefined, run: 'success' })),
				);
				const unknown = known.map((each) => ({ ...each, url: each.url.replace(/\?.*/, ''), headers: {} }));
				expect((await post(trigger, unknown)).map(({ status }) => status)).toEqual(known.map(() => 401));
			}),
			{ numRuns: 40 },
		);
		await trigger.unpublish();
	},
);
