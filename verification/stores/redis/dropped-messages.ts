import { z } from 'zod';
import { times } from '../../policy';
import type { BeginAttempt, DropClaim, StoredMessage } from '../store';
import { replacedBy } from './deliveries';
import type { Step } from './script-context';
import * as scripts from './scripts';
import { readVerification } from './verification-document';

/** Where to look for a send that may be due. Only a hint: the verification's script decides. */
const member = z.string().transform((text) => {
	const [phoneKey = '', verificationId = '', sendId = ''] = text.split(' ');
	return { text, phoneKey, verificationId, sendId };
});
type Member = z.output<typeof member>;

/** Notes when the send that was begun counts as dropped. */
export async function watch({ runner, keys }: Step, request: BeginAttempt, begunAt: number): Promise<void> {
	const { provider, phoneKey, verificationId, sendId, dropAfterMs } = request;
	const values = [`${phoneKey} ${verificationId} ${sendId}`, begunAt + dropAfterMs, begunAt - times.kept, times.kept];
	await runner.run(scripts.watch, [keys.due(provider)], values);
}

export async function claimDropped(step: Step, { provider, limit }: DropClaim): Promise<StoredMessage[]> {
	const { runner, keys, now } = step;
	const key = keys.due(provider);
	for (;;) {
		const due = z.array(member).parse(await runner.run(scripts.due, [key], [now, times.kept, limit]));
		const { told, done } = await drop(step, due);
		const forget = done.length === 0 ? undefined : runner.command(key, 'ZREM', key, ...done);
		// What was marked has to be told now or never; a member that stays is found settled by the next claim.
		if (told.length > 0) await forget?.catch(() => undefined);
		else await forget;
		if (told.length > 0 || done.length === 0) return told;
	}
}

/** @returns those dropped now, and the members that are not due any more */
async function drop(step: Step, due: Member[]): Promise<{ told: StoredMessage[]; done: string[] }> {
	// A script reaches what lies on one node; each phone may be on another one.
	const groups = step.runner.isCluster ? due.map((one) => [one]) : due.length === 0 ? [] : [due];
	const answers = await Promise.allSettled(groups.map((group) => dropTogether(step, group)));
	const failed = answers.find((answer) => answer.status === 'rejected');
	const decided = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
	const told = decided.flatMap(({ dropped }) => (dropped === undefined ? [] : [dropped]));
	if (failed !== undefined && told.length === 0) throw failed.reason;
	return { told, done: decided.map(({ text }) => text) };
}

const decisions = z.tuple([z.number()]).rest(z.string());

/** @returns what became of each that is not early */
async function dropTogether({ runner, keys, now }: Step, members: Member[]) {
	const touched = members.flatMap(({ phoneKey, verificationId }) => [
		keys.checks(phoneKey),
		keys.verification(phoneKey, verificationId),
	]);
	const sends = members.map(({ sendId }) => sendId);
	const reply = await runner.run(scripts.drop, touched, [now, replacedBy('dropped'), ...sends]);
	const [at, ...words] = decisions.parse(reply);
	return members.flatMap(({ text, sendId }, i) => {
		const [word, document = ''] = words.slice(2 * i, 2 * i + 2);
		if (word === 'early') return [];
		return [{ text, dropped: word === 'dropped' ? toMessage(document, at, sendId) : undefined }];
	});
}

function toMessage(document: string, now: number, sendId: string): StoredMessage {
	const verification = readVerification(document, now);
	const delivery = verification.deliveries.find((each) => each.sendId === sendId);
	if (delivery === undefined) throw new Error('a script dropped a send that it does not have');
	return { verification, delivery };
}
