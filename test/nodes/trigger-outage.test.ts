import { afterRequest, type Outage, type OutageReport } from '../../nodes/WhatsAppOtpTrigger/passing/outage';

/** Requests at these seconds; `true` is one that the receiver took. */
function reports(requests: Array<[seconds: number, isTaken: boolean]>): OutageReport[] {
	let current: Outage | undefined;
	return requests.flatMap(([seconds, isTaken]) => {
		const { outage, report } = afterRequest(current, isTaken, seconds * 1000);
		current = outage;
		return report ?? [];
	});
}

describe('an outage of the other receiver', () => {
	it('is not reported if it is short', () => {
		expect(
			reports([
				[0, false],
				[59, false],
				[60, true],
				[61, false],
				[62, true],
			]),
		).toEqual([]);
	});

	it('is reported once after a minute, and once when it ends, with the count', () => {
		const requests: Array<[number, boolean]> = [
			[0, true],
			[10, false],
			[30, false],
			[70, false],
			[80, false],
			[500, false],
			[600, true],
			[601, true],
		];
		expect(reports(requests)).toEqual([
			{ what: 'down', failed: 3, seconds: 60 },
			{ what: 'back', failed: 5, seconds: 590 },
		]);
	});

	it('is reported again if it comes again', () => {
		const requests: Array<[number, boolean]> = [
			[0, false],
			[60, false],
			[61, true],
			[100, false],
			[160, false],
		];
		expect(reports(requests).map(({ what }) => what)).toEqual(['down', 'back', 'down']);
	});
});
