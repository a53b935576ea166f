import {
	LoggerProxy,
	NodeConnectionTypes,
	type IHookFunctions,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';
import { accountTests } from '../shared/account-test';
import { signInTriggerHint } from '../shared/builder-hints';
import { whilePublishing } from '../shared/errors';
import { connectProvider } from '../shared/provider-connection';
import { testStore } from '../shared/store-credential';
import { createTemplate, searchTemplates } from '../WhatsAppOtp/editor-lists';
import { expectKnownTemplate } from '../WhatsAppOtp/sending/approved-languages';
import { openTurnstile, testTurnstile } from './bots/turnstile';
import { getSignInLanguages } from './languages';
import { countriesHint, signInParameters } from './parameters';
import { credentials, properties } from './properties';
import { serve } from './webhook/serve';
import { testSignInToken, tokenSigner } from './webhook/token';

export class WhatsAppOtpSignInTrigger implements INodeType {
	/**
	 * `version` is 2 and `webhooks` contain no expression: for each request n8n would evaluate one
	 * (docs/reference/n8n-host.md, 'What a webhook costs').
	 */
	description: INodeTypeDescription = {
		displayName: 'WhatsApp OTP Sign-In Trigger',
		name: 'whatsAppOtpSignInTrigger',
		icon: { light: 'file:whatsappOtp.svg', dark: 'file:whatsappOtp.dark.svg' },
		group: ['trigger'],
		version: 2,
		subtitle: 'Sign-in page',
		description: 'Shows a sign-in page, and starts the workflow when a person has entered the code from WhatsApp',
		defaults: { name: 'WhatsApp OTP Sign-In Trigger' },
		eventTriggerDescription: 'Open the test URL in a browser and sign in',
		activationMessage:
			"Wait for the green dot at Publish. Then people can sign in at 'Webhook URLs' > 'Production URL' in the node.",
		triggerPanel: {
			header: 'Test the sign-in page',
			// While n8n listens, it covers the addresses.
			activationHint:
				"First copy the test URL from 'Webhook URLs'. Then execute this step, and open the URL in a browser.",
			executionsHelp:
				"<b>While you build</b>: copy the test URL from 'Webhook URLs'. Execute this step, open the URL in a browser " +
				'and sign in. The item appears here.<br /><br /><b>For your users</b>: publish the workflow. They sign in at ' +
				'the production URL. Each sign-in is in the executions list, and not here.',
		},
		builderHint: signInTriggerHint,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials,
		// The node answers every request, except the one that starts a run for whose last node it waits.
		webhooks: [
			{
				name: 'setup',
				httpMethod: 'GET',
				responseMode: 'onReceived',
				responseData: '',
				path: 'sign-in',
				ndvHideMethod: true,
			},
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'lastNode',
				responseData: 'allEntries',
				path: 'sign-in',
				ndvHideMethod: true,
				ndvHideUrl: true,
			},
		],
		properties,
	};

	methods = {
		credentialTest: { testStore, testSignInToken, testTurnstile, ...accountTests },
		listSearch: { searchTemplates },
		actionHandler: { createTemplate },
		loadOptions: { getSignInLanguages },
	};

	/** Nothing is registered elsewhere. Publishing stops if a parameter cannot be used. */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				await whilePublishing(this, () => expectUsable(this));
				return true;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return true;
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await serve(this);
	}
}

/** @throws NodeOperationError that names the parameter or the credential's field */
async function expectUsable(host: IHookFunctions): Promise<void> {
	const parameters = signInParameters(host);
	await tokenSigner(host, parameters);
	if (parameters.options.botProtection === 'turnstile') await openTurnstile(host, parameters.node);
	// When n8n starts, a page with a template that is paused for some hours must come up again.
	if (!['init', 'leadershipChange'].includes(host.getActivationMode())) {
		await expectKnownTemplate(await connectProvider(host, parameters.provider), parameters.template);
	}
	if (parameters.sendOptions.allowedCountries.length === 0) {
		LoggerProxy.warn(`WhatsApp OTP Sign-In Trigger: ${countriesHint} Set 'Allowed Countries'.`);
	}
}
