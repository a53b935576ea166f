import type { IExecuteFunctions } from 'n8n-workflow';
import type { Operation } from './operation';

/** A run with at least this many items takes so long that its progress is logged. */
const minItems = 100;

/** @returns a function to call after each item; it logs the progress after each tenth of the items */
export function reportProgress(host: IExecuteFunctions, operation: Operation, total: number): () => void {
	if (total < minItems) return () => {};
	const step = Math.ceil(total / 10);
	let done = 0;
	return () => {
		done += 1;
		if (done % step === 0 || done === total) {
			host.logger.info(`WhatsApp OTP, ${operation.name}: ${done} of ${total} items`);
		}
	};
}
