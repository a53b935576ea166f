/** Every provider that the sandbox plays; the admin API and the logs call them by these names. */
export const providerIds = ['dialog360'] as const;

export type ProviderId = (typeof providerIds)[number];

/** What a WhatsApp Business account is called in the ids that Meta puts into webhooks (providers.md 1.10). */
export interface MetaAccount {
	businessAccountId: string;
	phoneNumberId: string;
	displayPhoneNumber: string;
}

/**
 * The accounts that exist in the sandbox, always the same ones, so that credentials can be written down
 * once. The keys are as public as this file and open nothing but the sandbox.
 */
export const accounts = {
	dialog360: {
		apiKey: 'sandbox-360dialog-key',
		namespace: '5fd3a1c2_8e47_4b6f_9a0d_2c71e3b94a18',
		partnerId: 'sandboxPA',
		wabaAccountId: 'sandboxWA',
		businessAccountId: '102290129340398',
		phoneNumberId: '106540352242922',
		displayPhoneNumber: '15550783881',
	},
} as const satisfies Record<ProviderId, MetaAccount & Record<string, string>>;
