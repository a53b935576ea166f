import { OperationalError, sleep, type IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { readParameter } from '../../shared/parameters';
import { accountKey, type ProviderConnection } from '../../shared/provider-connection';

/** When the next message of an account may be sent, in milliseconds since 1970. All runs of a process share it. */
const nextSlots = new Map<string, number>();

/** Waits until an account may send its next message. Rejects if the run is cancelled meanwhile. */
export type Pace = () => Promise<void>;

interface Rate {
	account: string;
	/** 0: no limit. */
	messagesPerSecond: number;
}

/** Spaces the sends of an account evenly, at the rate of the option 'Messages per Second' or else of the provider. */
export function createPace(host: IExecuteFunctions, connect: () => Promise<ProviderConnection>): Pace {
	let reading: Promise<Rate> | undefined;
	return async () => {
		const { account, messagesPerSecond } = await (reading ??= readRate(host, connect));
		if (messagesPerSecond === 0) return;
		const now = Date.now();
		const slot = Math.max(now, nextSlots.get(account) ?? 0);
		nextSlots.set(account, slot + 1000 / messagesPerSecond);
		if (slot > now) await sleep(slot - now);
		if (host.getExecutionCancelSignal()?.aborted === true) throw new OperationalError('The execution was cancelled');
	};
}

const rateOption = z.number().min(0).optional().catch(undefined);

async function readRate(host: IExecuteFunctions, connect: () => Promise<ProviderConnection>): Promise<Rate> {
	const chosen = rateOption.parse(readParameter(host, 'options.messagesPerSecond', 0));
	const target = await connect();
	const { provider, connection } = target;
	return {
		account: accountKey(target),
		messagesPerSecond: chosen ?? provider.throughputOf?.(connection.account) ?? provider.throughput.messagesPerSecond,
	};
}
