/** A second process on a shared store, as a worker of n8n is. `second-process.ts` starts it. */
import { Engine } from '../../verification/engine';
import { Keyring } from '../../verification/keys';
import { storeCalled } from '../verification/stores';
import {
	type FromSecondProcess,
	type SecondProcessJob,
	type SecondProcessReport,
	secondProcessSettings,
	type ToSecondProcess,
} from './second-process-job';

const settings = secondProcessSettings.parse(JSON.parse(process.argv[2] ?? '{}'));
const keyring = new Keyring(settings.secrets);
const engineAt = (place: string) => new Engine(storeCalled(settings.store).open(place), keyring);
const own = engineAt(settings.place);
let prepared: SecondProcessJob = {};

const tell = (message: FromSecondProcess) => process.send?.(message);

async function run({ place, begins = [], checks = [], ...job }: SecondProcessJob): Promise<SecondProcessReport> {
	const engine = place === undefined ? own : engineAt(place);
	const { reports = [], news = [], events = [], claims = [] } = job;
	const from = process.hrtime.bigint();
	const [issued, outcomes, firstTimes, claimed] = await Promise.all([
		Promise.all(begins.map((request) => engine.begin(request))),
		Promise.all(checks.map((request) => engine.check(request))),
		Promise.all(events.map((parts) => engine.vault.firstTime(...parts))),
		Promise.all(claims.map((provider) => engine.claimDropped(provider))),
		Promise.all(reports.map(({ ticket, outcome }) => engine.recordSend(ticket, outcome))),
		Promise.all(news.map((event) => engine.recordDelivery(event))),
	]);
	const to = process.hrtime.bigint();
	const results = outcomes.map(({ result }) => result);
	return { issued, results, firstTimes, claimed: claimed.flat().map(({ delivery }) => delivery.sendId), from, to };
}

async function reportSteps({ checks = [] }: SecondProcessJob): Promise<void> {
	for (const request of checks) tell({ step: (await own.check(request)).result });
}

async function answer(message: ToSecondProcess): Promise<void> {
	if ('prepare' in message) {
		prepared = message.prepare;
		tell({ ready: true });
	} else if ('startAt' in message) {
		// No timer: it would be a millisecond late, and the race could be over by then.
		while (process.hrtime.bigint() < message.startAt);
		tell({ report: await run(prepared) });
	} else await reportSteps(message.reportSteps);
}

process.on('message', (message: ToSecondProcess) => {
	answer(message).catch((error: unknown) => tell({ failed: String(error) }));
});
process.on('disconnect', () => process.exit());
tell({ ready: true });
