import { OperationalError, sleep, type IExecuteFunctions } from 'n8n-workflow';
import { z } from 'zod';
import { readParameter } from '../../shared/parameters';
import type { ProviderConnection } from '../operation';

/** When the next message of an account may go out, in milliseconds since 1970: all runs of a process share it. */
const nextSlots = new Map<string, number>();

/** Waits for a turn, so that an account's sends keep to its messages a second; rejects when the run is cancelled. */
export type Pace = () => Promise<void>;

const chosenRate = z.number().min(0).optional().catch(undefined);

/** The option's throughput, or the provider's; 0 paces nothing. */
export function paceOf(host: IExecuteFunctions, connect: () => Promise<ProviderConnection>): Pace {
	let throughput: Promise<number> | undefined;
	return async () => {
		const rate = await (throughput ??= throughputOf(host, connect));
		if (rate === 0) return;
		const { provider } = await connect();
		const account = `${provider.id} ${host.getNode().credentials?.[provider.credential]?.id ?? ''}`;
		const now = Date.now();
		const slot = Math.max(now, nextSlots.get(account) ?? 0);
		nextSlots.set(account, slot + 1000 / rate);
		if (slot > now) await sleep(slot - now);
		if (host.getExecutionCancelSignal()?.aborted === true) throw new OperationalError('The execution was cancelled');
	};
}

/** Messages a second. */
async function throughputOf(host: IExecuteFunctions, connect: () => Promise<ProviderConnection>): Promise<number> {
	const chosen = chosenRate.parse(readParameter(host, 'options.messagesPerSecond', 0));
	const { provider, connection } = await connect();
	return chosen ?? provider.throughputOf?.(connection.account) ?? provider.throughput.messagesPerSecond;
}
