import * as workflow from 'n8n-workflow';
import { z } from 'zod';
import { readParameter } from '../../shared/parameters';
import type { SendOptions } from '../fields/send-options';
import type { OperationContext } from '../operation';
import { checkOutput } from '../outputs';
import { keepWait } from './kept';
import type { WaitPage } from './page';
import { waitReasons } from './reasons';

/**
 * Milliseconds from the end of the code to the end of the wait. A check that has begun in time can still resume the
 * execution.
 */
const grace = 10_000;

/**
 * Whether n8n forwards what the page answers by the second output. It does so since 2.39, and tells no version to
 * nodes. This name came with it (docs/reference/n8n-host.md, 'Which output an answer leaves by').
 */
export function canAnswerByVerified(): boolean {
	return 'N8N_NODES_API_VERSION' in workflow;
}

const sentSchema = z.object({
	verificationId: z.string(),
	expiresAt: z.string().transform((time) => new Date(time)),
	purpose: z.string(),
	metadata: z.record(z.unknown()),
});

interface Waiting {
	template: string;
	language: string;
	page: WaitPage;
	options: SendOptions;
}

/** Puts the execution to wait until the code expires. The page at `$execution.resumeUrl` then takes the code. */
export async function startWait(
	{ host, itemIndex, provider }: Omit<OperationContext<unknown>, 'parameters'>,
	sent: unknown,
	{ template, language, page, options }: Waiting,
): Promise<void> {
	const { verificationId, expiresAt, purpose, metadata } = sentSchema.parse(sent);
	const messagesPerSecond = readParameter(host, 'options.messagesPerSecond', itemIndex);
	keepWait(host, { provider: provider.id, verificationId, template, language, page, messagesPerSecond, options });
	const [input] = host.getInputData();
	if (input === undefined) throw new Error('The node has no input');
	// At the end of the wait, n8n forwards the input by the first output.
	input.json = endOfWait({ verificationId, purpose, metadata });
	pairBothOutputs(host);
	await host.putExecutionToWait(new Date(expiresAt.getTime() + grace));
}

function endOfWait({ verificationId, purpose, metadata }: Omit<z.output<typeof sentSchema>, 'expiresAt'>) {
	const ended = checkOutput({ result: 'expired', reason: waitReasons.expired }, purpose);
	return { ...ended, verificationId, status: 'expired', metadata };
}

/**
 * n8n pairs an item of the second output with a second input, which this node does not have. Then `$('Name').item`
 * fails behind Verified. So the source of the first input also stands in the second place
 * (docs/reference/n8n-host.md, 'Which output an answer leaves by').
 */
function pairBothOutputs(host: workflow.IExecuteFunctions): void {
	const { source } = host.getExecuteData();
	const [first] = source?.main ?? [];
	if (source && first) source.main = [first, first];
}
