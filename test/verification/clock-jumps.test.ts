/**
 * A machine whose clock was wrong by a day, and is set right while codes are pending (docs/operations.md, 'A clock that
 * jumps').
 */
import { stores } from './stores';
import { hour, minute, openVerifier, type Verifier, wrong, wrongCodes } from './verifier';

const day = 24 * hour;

describe.each(stores)('A clock that jumps by a day, on $name', (store) => {
	let verifier: Verifier;

	beforeEach(async () => {
		verifier = await openVerifier(store);
	});
	afterEach(() => verifier.store.close());

	describe.each([
		['forward', 25 * hour],
		['back', -25 * hour],
	])('%s', (_, jump) => {
		it('makes no used code valid again, nor one of a locked verification', async () => {
			const used = await verifier.send();
			expect(await verifier.results(used, used.code)).toEqual(['approved']);
			const locked = await verifier.send({ purpose: 'payment' });
			await verifier.results(locked, ...wrongCodes(locked.code, 5));
			for (const by of [jump, -jump]) {
				verifier.clock.advance(by);
				// A commit deletes what has expired by the clock of this moment.
				await verifier.engine.vault.firstTime(`an event ${by}`);
				expect(['already_used', 'not_found']).toContain((await verifier.check(used, used.code)).result);
				expect(['locked', 'not_found']).toContain((await verifier.check(locked, locked.code)).result);
			}
		});

		it('leaves a pending code its attempts', async () => {
			const sent = await verifier.send();
			const [first = '', second = '', ...others] = wrongCodes(sent.code, 6);
			expect(await verifier.results(sent, first, second)).toEqual(['invalid_code', 'invalid_code']);
			verifier.clock.advance(jump);
			const results = await verifier.results(sent, ...others, sent.code);
			expect(results).not.toContain('approved');
			verifier.clock.advance(-jump);
			expect(await verifier.results(sent, ...others, sent.code)).not.toContain('approved');
		});
	});

	it('ends a pending code if it jumps forward', async () => {
		const sent = await verifier.send();
		verifier.clock.advance(day);
		expect(['expired', 'not_found']).toContain((await verifier.check(sent, sent.code)).result);
	});

	it('lengthens the life of a pending code if it jumps back, with the attempts that are left', async () => {
		const sent = await verifier.send();
		verifier.clock.advance(-day);
		expect(await verifier.results(sent, wrong(sent.code))).toEqual(['invalid_code']);
		verifier.clock.advance(day + 4 * minute);
		expect(await verifier.results(sent, sent.code, sent.code)).toEqual(['approved', 'already_used']);
	});

	it('starts the limits from zero if it jumps forward, and keeps them longer if it jumps back', async () => {
		for (const purpose of ['a', 'b', 'c', 'd']) await verifier.send({ purpose });
		expect(await verifier.refused({ purpose: 'e' })).toMatchObject({ result: 'rate_limited' });
		verifier.clock.advance(-day);
		expect(await verifier.refused({ purpose: 'e' })).toMatchObject({ result: 'rate_limited' });
		verifier.clock.advance(2 * day);
		await verifier.send({ purpose: 'e' });
	});
});
