import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { SqliteStore } from '../../verification/stores/sqlite/sqlite-store';
import { inAnotherProcess } from './sqlite-damage';
import { phoneNumber, second, secret, type Sent, TestClock, Verifier } from './verifier';

/** An attacker who can write to the store but has no secret moves a value from one row to another. */
describe('A sealed value', () => {
	let file: string;
	let verifier: Verifier;
	/** Two sends of one verification, and one to another phone. */
	let sends: [Sent, Sent, Sent];

	beforeEach(async () => {
		file = join(mkdtempSync(join(process.env.TEST_SCRATCH ?? tmpdir(), 'sealed-')), 'verifications.sqlite');
		const clock = new TestClock();
		const store = new SqliteStore(file, clock.read);
		verifier = new Verifier(new Engine(store, new Keyring([secret])), clock, store);
		const first = await verifier.send({ to: phoneNumber(1), metadata: { order: 1 } });
		clock.advance(30 * second);
		sends = [first, await verifier.resend(first), await verifier.send({ to: phoneNumber(2) })];
		for (const [i, { ticket }] of sends.entries()) {
			const error = { code: 131026, title: `to ${i}` };
			await verifier.engine.recordSend(ticket, {
				outcome: 'failed',
				messageId: `wamid.${i}`,
				waId: `1201555000${i}`,
				error,
			});
		}
	});
	afterEach(() => verifier.store.close());

	const idOf = ({ ticket }: Sent) => ticket.verificationId;
	const move = (table: string, key: string, column: string, from: string, to: string) => {
		const value = `SELECT ${column} FROM ${table} WHERE ${key} = '${from}'`;
		const sql = `UPDATE ${table} SET ${column} = (${value}) WHERE ${key} = '${to}'`;
		inAnotherProcess(file, `database.exec(${JSON.stringify(sql)})`);
	};

	test('opens if it was not moved, so that this test can fail', async () => {
		expect((await verifier.get(sends[0]))?.deliveries).toMatchObject([
			{ messageId: 'wamid.0', waId: '12015550000', error: { title: 'to 0' } },
			{ messageId: 'wamid.1', waId: '12015550001', error: { title: 'to 1' } },
		]);
		move('delivery', 'send_id', 'sealed_error', sends[0].ticket.sendId, sends[0].ticket.sendId);
		expect((await verifier.get(sends[2]))?.deliveries).toMatchObject([{ messageId: 'wamid.2' }]);
	});

	test.each(['sealed_message_id', 'sealed_wa_id', 'sealed_error'])(
		'%s does not open in another send',
		async (column) => {
			for (const [from, to] of [
				[0, 2],
				[0, 1],
			] as const) {
				move('delivery', 'send_id', column, sends[from].ticket.sendId, sends[to].ticket.sendId);
				await expect(verifier.get(sends[to])).rejects.toThrow('authenticate data');
			}
		},
	);

	test.each(['sealed_phone', 'sealed_metadata'])('%s does not open in another verification', async (column) => {
		move('verification', 'id', column, idOf(sends[0]), idOf(sends[2]));
		await expect(verifier.get(sends[2])).rejects.toThrow('authenticate data');
		expect((await verifier.get(sends[0]))?.metadata).toEqual({ order: 1 });
	});
});
