import type { ErrorEntry } from '../errors';

/** Meta's error codes (docs/reference/providers.md 1.7). Answers and webhooks have the same. */
export const metaErrors: readonly ErrorEntry[] = [
	{
		errorCodes: [0, 190],
		class: 'credential',
		what: 'The access token is invalid or has expired',
		fix: 'Put a new token into the credential',
	},
	{
		errorCodes: [3, 10, ...range(200, 299), 131005],
		class: 'credential',
		what: 'The access token lacks a permission',
		fix: 'Give the token whatsapp_business_messaging and whatsapp_business_management',
	},
	{
		errorCodes: [4, 613, 80007],
		class: 'throttle',
		what: 'Too many API calls to Meta',
		fix: 'Send more slowly, or try again later',
	},
	{
		errorCodes: [130429],
		class: 'throttle',
		what: 'Too many messages a second from this phone number',
		fix: "Lower 'Messages per Second', or ask Meta for more throughput",
	},
	{
		errorCodes: [131048],
		class: 'throttle',
		what: 'Meta limits this number because people block or report its messages',
		fix: "Look at the number's quality rating in WhatsApp Manager before sending more",
	},
	{
		errorCodes: [131056],
		class: 'throttle',
		what: 'Too many messages to this number within seconds',
		fix: 'Wait before sending to it again',
	},
	{
		errorCodes: [133016],
		class: 'throttle',
		what: 'The phone number was registered too often',
		fix: 'Wait 72 hours before registering it again',
	},
	{
		errorCodes: [1, 2, 131000, 131016, 131057, 133000, 133004],
		class: 'transient',
		what: 'WhatsApp cannot accept the message at the moment',
		fix: "Look at Meta's status page and try again later",
	},
	{
		errorCodes: [33, 100],
		class: 'permanent',
		what: 'Meta rejected a value of the request',
		fix: 'Check the IDs in the credential and the fields of this node; the details name the value',
	},
	{
		errorCodes: [368, 131031],
		class: 'account',
		what: 'Meta has restricted or locked the business account',
		fix: 'Open Business Support Home and resolve the restriction',
	},
	{
		errorCodes: [130497],
		class: 'permanent',
		what: "Meta does not allow this account to send to the number's country",
		fix: "Exclude the country with 'Allowed Countries', and use another channel there",
	},
	{
		errorCodes: [130403, 131021, 131026],
		class: 'recipient',
		what: "WhatsApp can't deliver to this number",
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		errorCodes: [131049],
		class: 'recipient',
		what: 'Meta decided not to deliver this message',
		fix: 'Use another channel for now; sending again immediately does not help',
	},
	{
		errorCodes: [130472, 131047, 131050, 131051, 131052, 131053, 131063, 131064, 134011, 135000],
		class: 'permanent',
		what: 'Meta rejected the message',
		fix: 'Check that the template is an authentication template; the details say more',
	},
	{
		errorCodes: [131008, 131009],
		class: 'permanent',
		what: 'A parameter of the message is missing or invalid',
		fix: "Check 'Template': it must be an authentication template with an OTP button",
	},
	{
		errorCodes: [131037],
		class: 'account',
		what: "The phone number's display name is not approved",
		fix: 'Request approval of the display name in WhatsApp Manager',
	},
	{
		errorCodes: [131042],
		class: 'account',
		what: "The business account's payment method does not work",
		fix: 'Update the payment method in Business Manager',
	},
	{
		errorCodes: [131045, 133005, 133006, 133008, 133009, 133010, 133015],
		class: 'account',
		what: 'The phone number is not registered properly',
		fix: 'Register the number again in WhatsApp Manager',
	},
	{
		errorCodes: [132001],
		class: 'template',
		what: 'There is no approved template with this name in this language',
		fix: "Check 'Template' and 'Language', and that WhatsApp has approved the template",
	},
	{
		errorCodes: [132000, 132005, 132012, 132018],
		class: 'template',
		what: 'The template has parameters other than the code',
		fix: "Choose an authentication template in 'Template'",
	},
	{
		errorCodes: [132007],
		class: 'template',
		what: "The template violates WhatsApp's policy",
		fix: 'Create a new authentication template',
	},
	{
		errorCodes: [132015, 132016],
		class: 'template',
		what: 'WhatsApp has paused or disabled the template',
		fix: 'Choose another template, or improve this one in WhatsApp Manager',
	},
	{
		errorCodes: [132068, 132069],
		class: 'template',
		what: 'The template uses a flow',
		fix: "Choose an authentication template in 'Template'",
	},
	{
		errorCodes: [2200],
		class: 'permanent',
		what: 'Meta could not verify the webhook address',
		fix: "The address must be reachable from the internet over HTTPS; the provider's message says what Meta received",
	},
];

/** Subcodes, which say more than the error codes 100 and 190 (docs/reference/providers.md 1.5, 1.7). */
export const metaSubcodes: readonly ErrorEntry[] = [
	{
		errorCodes: [463],
		class: 'credential',
		what: 'The access token has expired',
		fix: 'Put a new token into the credential; a system user in Business Manager gets one that does not expire',
	},
	{
		errorCodes: [33],
		class: 'credential',
		what: 'Meta does not know this ID, or the access token has no access to it',
		fix: "Check 'Phone Number ID' and 'Business Account ID' in the credential, and the business of the token",
	},
	{
		errorCodes: [2388024],
		class: 'template',
		what: 'A template with this name already exists in this language',
		fix: "Choose another 'Name' or 'Language', or delete the template first",
	},
	{
		errorCodes: [2388019],
		class: 'account',
		what: 'The account has reached its maximum number of templates',
		fix: 'Delete unused templates',
	},
	{
		errorCodes: [2388039, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299],
		class: 'template',
		what: 'WhatsApp rejected the content of the template',
		fix: 'Check the texts and minutes of the template; the details name what was rejected',
	},
];

/** Sentences of Meta that say more than the error code 100, which they share (docs/reference/providers.md 1.6). */
export const metaSentences: readonly ErrorEntry[] = [
	{
		errorCodes: ['API calls from the server require an appsecret_proof argument'],
		class: 'credential',
		what: "Your app at Meta demands a proof with each call ('Require App Secret')",
		fix: "Fill in 'App Secret' in the credential, from App Settings > Basic of your app",
	},
	{
		errorCodes: ['Invalid appsecret_proof provided in the API argument'],
		class: 'credential',
		what: 'The app secret does not belong to the app of the access token',
		fix: "Copy 'App Secret' from App Settings > Basic of the app that made the access token",
	},
];

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
