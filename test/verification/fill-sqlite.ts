/**
 * Sends until the file given as argument can't grow, then checks the last code that was sent. Prints the answers.
 * `sqlite-failures.test.ts` starts it.
 */
import { Engine } from '../../verification/engine';
import { VerificationError } from '../../verification/errors';
import { Keyring } from '../../verification/keys';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import { phoneNumber, secret, type Sent, TestClock, Verifier } from './verifier';

async function fill(file: string): Promise<void> {
	const clock = new TestClock();
	const store = new SqliteStore(file, clock.read);
	const verifier = new Verifier(new Engine(store, new Keyring([secret])), clock, store);
	const complaints: string[] = [];
	const sent: Sent[] = [];
	const metadata = { text: 'x'.repeat(2000) };
	for (let phone = 0; complaints.length < 3; phone += 1) {
		try {
			sent.push(await verifier.send({ to: phoneNumber(phone), metadata }));
		} catch (error) {
			if (!(error instanceof VerificationError)) throw error;
			complaints.push(error.message);
		}
	}
	const last = sent.at(-1)!;
	const check = await verifier.check(last, last.code).then(
		({ result }) => result,
		() => 'refused',
	);
	const { verificationId } = last.ticket;
	const told = { sends: sent.length, complaints, check, verificationId, code: last.code };
	process.stdout.write(JSON.stringify(told));
}

void fill(process.argv[2] ?? '');
