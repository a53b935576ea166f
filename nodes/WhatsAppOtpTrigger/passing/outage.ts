/** A receiver that did not take an event since its last success. */
export interface Outage {
	/** Milliseconds since 1970. */
	since: number;
	/** Requests that it did not take. The provider repeats them, so an event can count several times. */
	failed: number;
	isReported: boolean;
}

/** What the log says about a receiver. */
export interface OutageReport {
	what: 'down' | 'back';
	failed: number;
	seconds: number;
}

/** Milliseconds after which an outage is reported. Shorter ones are normal: the provider repeats the events. */
const reportAfter = 60_000;

/** The outage after one more request, and a report when it has lasted for long and when it ends. */
export function afterRequest(
	before: Outage | undefined,
	isTaken: boolean,
	now: number,
): { outage: Outage | undefined; report: OutageReport | undefined } {
	if (isTaken)
		return { outage: undefined, report: before?.isReported === true ? reportOf('back', before, now) : undefined };
	const outage = { since: now, isReported: false, ...before, failed: (before?.failed ?? 0) + 1 };
	const isDue = !outage.isReported && now - outage.since >= reportAfter;
	const report = isDue ? reportOf('down', outage, now) : undefined;
	return { outage: { ...outage, isReported: outage.isReported || isDue }, report };
}

function reportOf(what: OutageReport['what'], { since, failed }: Outage, now: number): OutageReport {
	return { what, failed, seconds: Math.round((now - since) / 1000) };
}
