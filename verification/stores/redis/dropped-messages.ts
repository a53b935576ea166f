import { z } from 'zod';
import { times } from '../../policy';
import type { BeginAttempt, DropClaim, StoredMessage } from '../store';
import { replacedBy } from './deliveries';
import type { ScriptContext } from './script-context';
import * as scripts from './scripts';
import { readVerification } from './verification-document';

/** Where to look for a send that may be due. It is only a hint: the script of the verification decides. */
const dueSend = z.string().transform((entry) => {
	const [phoneKey = '', verificationId = '', sendId = ''] = entry.split(' ');
	return { entry, phoneKey, verificationId, sendId };
});
type DueSend = z.output<typeof dueSend>;

/** Notes when the send that has begun counts as dropped. */
export async function watch({ runner, keys }: ScriptContext, request: BeginAttempt, begunAt: number): Promise<void> {
	const { provider, phoneKey, verificationId, sendId, dropAfterMs } = request;
	const values = [`${phoneKey} ${verificationId} ${sendId}`, begunAt + dropAfterMs, begunAt - times.kept, times.kept];
	await runner.run(scripts.watch, [keys.due(provider)], values);
}

export async function claimDropped(context: ScriptContext, { provider, limit }: DropClaim): Promise<StoredMessage[]> {
	const { runner, keys, now } = context;
	const key = keys.due(provider);
	for (;;) {
		const due = z.array(dueSend).parse(await runner.run(scripts.due, [key], [now, times.kept, limit]));
		const { dropped, settled } = await drop(context, due);
		const removal = settled.length === 0 ? undefined : runner.command(key, 'ZREM', key, ...settled);
		// A marked send must be reported now, since it is marked only once. An entry that stays does no harm: the next
		// claim finds it settled.
		if (dropped.length > 0) await removal?.catch(() => undefined);
		else await removal;
		if (dropped.length > 0 || settled.length === 0) return dropped;
	}
}

/** @returns the sends that were dropped now, and the entries that are not due any more */
async function drop(context: ScriptContext, due: DueSend[]): Promise<{ dropped: StoredMessage[]; settled: string[] }> {
	const answers = await Promise.allSettled(groupsOf(context, due).map((group) => dropTogether(context, group)));
	const failed = answers.find((answer) => answer.status === 'rejected');
	const decided = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
	const dropped = decided.flatMap(({ message }) => (message === undefined ? [] : [message]));
	if (failed !== undefined && dropped.length === 0) throw failed.reason;
	return { dropped, settled: decided.map(({ entry }) => entry) };
}

/** The sends of one script. On a cluster each phone may lie on another node, so each send has its own script. */
function groupsOf({ runner }: ScriptContext, due: DueSend[]): DueSend[][] {
	if (runner.isCluster) return due.map((send) => [send]);
	return due.length === 0 ? [] : [due];
}

const dropReply = z.tuple([z.number()]).rest(z.string());

/** @returns each entry that was due, with its message if it was dropped now */
async function dropTogether({ runner, keys, now }: ScriptContext, sends: DueSend[]) {
	const touched = sends.flatMap(({ phoneKey, verificationId }) => [
		keys.checks(phoneKey),
		keys.verification(phoneKey, verificationId),
	]);
	const values = [now, replacedBy('dropped'), ...sends.map(({ sendId }) => sendId)];
	const [at, ...words] = dropReply.parse(await runner.run(scripts.drop, touched, values));
	return sends.flatMap(({ entry, sendId }, i) => {
		const [word, document = ''] = words.slice(2 * i, 2 * i + 2);
		if (word === 'early') return [];
		return [{ entry, message: word === 'dropped' ? toMessage(document, at, sendId) : undefined }];
	});
}

function toMessage(document: string, now: number, sendId: string): StoredMessage {
	const verification = readVerification(document, now);
	const delivery = verification.deliveries.find((each) => each.sendId === sendId);
	if (delivery === undefined) throw new Error('The drop script answered without the send that it was asked about');
	return { verification, delivery };
}
