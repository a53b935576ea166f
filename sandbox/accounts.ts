/** Every provider that the sandbox plays; the admin API and the logs call them by these names. */
export const providerIds = ['dialog360', 'dialog360OnPremises', 'onPremises', 'waCr', 'metaCloud', 'oneMsg'] as const;

export type ProviderId = (typeof providerIds)[number];

/** What a WhatsApp Business account is called in the ids that Meta puts into webhooks (docs/reference/providers.md 1.10). */
export interface MetaAccount {
	businessAccountId: string;
	phoneNumberId: string;
	displayPhoneNumber: string;
}

/** What 360dialog says of an account in its lists (docs/reference/providers.md 3.3). */
export interface Dialog360Account {
	apiKey: string;
	namespace: string;
	partnerId: string;
	wabaAccountId: string;
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
	dialog360OnPremises: {
		apiKey: 'sandbox-360dialog-on-premises-key',
		namespace: 'c7a90b14_2d58_4f3e_8b61_90e4d5f27a3c',
		partnerId: 'sandboxPA',
		wabaAccountId: 'sandboxWO',
		displayPhoneNumber: '15550783882',
	},
	onPremises: {
		username: 'admin',
		password: 'Sandbox-On-Premises-1',
		namespace: '81f6d3e0_47ab_4c92_b5d8_6e0c19a7f342',
		displayPhoneNumber: '15550783883',
	},
	waCr: {
		apiToken: 'sandbox-wa-cr-token',
		/** Has the scope templates:read alone. */
		readOnlyToken: 'sandbox-wa-cr-read-only-token',
		/** Has the scope messages:send alone. */
		sendOnlyToken: 'sandbox-wa-cr-send-only-token',
	},
	metaCloud: {
		accessToken: 'sandbox-meta-token',
		/** Was good once. */
		expiredToken: 'sandbox-meta-expired-token',
		/** Has whatsapp_business_messaging alone. */
		messagingToken: 'sandbox-meta-messaging-token',
		appSecret: 'sandbox-meta-app-secret',
		appId: '670843887433847',
		businessAccountId: '104996122399160',
		phoneNumberId: '106853218861309',
		displayPhoneNumber: '15550783884',
	},
	oneMsg: {
		channelId: 'SBX100200300',
		token: 'sandbox-1msg-token',
		namespace: '3f6b21d8_90ce_4a57_8d14_b7e2a05c91f6',
		displayPhoneNumber: '15550783885',
	},
} as const satisfies Record<ProviderId, Record<string, string>>;
