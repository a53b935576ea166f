import type { SendOptions } from '../fields/send-options';
import type { OperationContext } from '../operation';
import { policyOf, recipientOf } from '../policy';
import { approvedTemplate } from './approved-languages';
import { sendIssuedCode, type SendRouted } from './send-code';

interface FirstSend {
	to?: unknown;
	template: string;
	language: string;
	/** Without it, the engine makes a random code. */
	customCode?: string;
	options: SendOptions;
}

/** Begins a verification and sends its code. */
export async function sendFirstCode(
	context: OperationContext<{ options: SendOptions }>,
	{ to, template, language, customCode, options }: FirstSend,
): Promise<SendRouted> {
	const { connect, provider, runKey, itemIndex } = context;
	const engine = await context.engine();
	// Reads the credential before a verification begins.
	const target = await connect();
	const request = {
		recipient: recipientOf(to, options),
		namespace: options.namespace,
		purpose: options.purpose,
		...policyOf(options),
	};
	const isTest = await engine.isForTestNumber(request);
	const approved = isTest ? {} : await approvedTemplate(target, template, language);
	const issued = await engine.begin({
		...request,
		customCode,
		provider: provider.id,
		...approved,
		idempotencyKey: options.idempotencyKey ?? `${runKey()} ${itemIndex}`,
		message: { template, language },
	});
	const sent = await sendIssuedCode(context, issued, { name: template, language }, options);
	if (sent.output === 'Sent') recommendCountries(context);
	return sent;
}

/** Recommends a list of countries while the workflow is being built (docs/reference/verification-rules.md 3). */
function recommendCountries({ host, itemIndex, parameters }: OperationContext<{ options: SendOptions }>): void {
	if (itemIndex > 0 || host.getMode() !== 'manual' || parameters.options.allowedCountries.length > 0) return;
	host.addExecutionHints({
		message:
			"Set the option 'Allowed Countries' to the countries of your users. " +
			'Fraudsters request codes for numbers in other countries, and you pay for these messages.',
		location: 'outputPane',
	});
}
