import type { IExecuteFunctions } from 'n8n-workflow';
import type { Operation } from './operation';

/** From this many items on a run takes long enough for somebody to look into the log. */
const worthReporting = 100;

/** @returns what to call when an item is done: every tenth of the way goes into n8n's log */
export function reportProgress(host: IExecuteFunctions, operation: Operation, total: number): () => void {
	if (total < worthReporting) return () => {};
	const step = Math.ceil(total / 10);
	let done = 0;
	return () => {
		done += 1;
		if (done % step === 0 || done === total) {
			host.logger.info(`WhatsApp OTP, ${operation.name}: ${done} of ${total} items`);
		}
	};
}
