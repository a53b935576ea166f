import type { ErrorEntry } from '../errors';

/** Meta's codes (docs/reference/providers.md 1.7): the same in answers and in webhooks. */
export const metaErrors: readonly ErrorEntry[] = [
	{
		codes: [0, 190],
		class: 'credential',
		what: 'The access token is invalid or has expired',
		fix: 'Put a new token into the credential',
	},
	{
		codes: [3, 10, ...range(200, 299), 131005],
		class: 'credential',
		what: 'The access token lacks a permission',
		fix: 'Give the token whatsapp_business_messaging and whatsapp_business_management',
	},
	{
		codes: [4, 613, 80007],
		class: 'throttle',
		what: 'The limit of API calls is reached',
		fix: 'Send more slowly, or try again later',
	},
	{
		codes: [130429],
		class: 'throttle',
		what: 'The message throughput of the number is reached',
		fix: "Lower 'Messages per Second', or ask for more throughput",
	},
	{
		codes: [131048],
		class: 'throttle',
		what: 'Meta limits this number because people block or report its messages',
		fix: "Look at the number's quality rating in WhatsApp Manager before sending more",
	},
	{
		codes: [131056],
		class: 'throttle',
		what: 'Too many messages went to this one number within seconds',
		fix: 'Wait before sending to it again',
	},
	{
		codes: [133016],
		class: 'throttle',
		what: 'The number was registered too often',
		fix: 'Wait 72 hours before registering it again',
	},
	{
		codes: [1, 2, 131000, 131016, 131057, 133000, 133004],
		class: 'transient',
		what: 'WhatsApp could not take the message at this moment',
		fix: "Try again later; see Meta's status page",
	},
	{
		codes: [33, 100],
		class: 'permanent',
		what: 'Meta refused a value of the request',
		fix: "Check the ids in the credential and this node's fields; the details name the value",
	},
	{
		codes: [368, 131031],
		class: 'account',
		what: 'Meta has restricted or locked the business account',
		fix: 'Open Business Support Home and settle the restriction',
	},
	{
		codes: [130497],
		class: 'permanent',
		what: "Meta does not let this account message the number's country",
		fix: "Leave the country out with 'Allowed Countries', and use another channel there",
	},
	{
		codes: [130403, 131021, 131026],
		class: 'recipient',
		what: "WhatsApp can't deliver to this number",
		fix: 'Send this person a code by SMS or e-mail',
	},
	{
		codes: [131049],
		class: 'recipient',
		what: 'Meta chose not to deliver this message',
		fix: 'Use another channel for now; sending again at once does not help',
	},
	{
		codes: [130472, 131047, 131050, 131051, 131052, 131053, 131063, 131064, 134011, 135000],
		class: 'permanent',
		what: 'Meta refused the message',
		fix: 'Check that the template is an authentication template; the details say more',
	},
	{
		codes: [131008, 131009],
		class: 'permanent',
		what: 'A parameter of the message is missing or invalid',
		fix: "Check 'Template': it must be an authentication template with an OTP button",
	},
	{
		codes: [131037],
		class: 'account',
		what: "The number's display name is not approved",
		fix: 'Have the display name approved in WhatsApp Manager',
	},
	{
		codes: [131042],
		class: 'account',
		what: "The business account's payment method does not work",
		fix: 'Mend the payment method in Business Manager',
	},
	{
		codes: [131045, 133005, 133006, 133008, 133009, 133010, 133015],
		class: 'account',
		what: 'The phone number is not registered properly',
		fix: 'Register the number again in WhatsApp Manager',
	},
	{
		codes: [132001],
		class: 'template',
		what: 'There is no approved template of this name in this language',
		fix: "Check 'Template' and 'Language', and that WhatsApp has approved it",
	},
	{
		codes: [132000, 132005, 132012, 132018],
		class: 'template',
		what: 'The template has other parameters than a code',
		fix: "Choose an authentication template in 'Template'",
	},
	{
		codes: [132007],
		class: 'template',
		what: "The template breaks WhatsApp's policy",
		fix: 'Make a new authentication template',
	},
	{
		codes: [132015, 132016],
		class: 'template',
		what: 'WhatsApp has paused or disabled the template',
		fix: 'Choose another template, or improve this one in WhatsApp Manager',
	},
	{
		codes: [132068, 132069],
		class: 'template',
		what: 'The template uses a flow',
		fix: "Choose an authentication template in 'Template'",
	},
	{
		codes: [2200],
		class: 'permanent',
		what: 'Meta asked the webhook address for its own words and did not get them',
		fix: "The address must be reachable from the internet over HTTPS; the provider's words say what Meta saw",
	},
];

/** What Meta says in greater detail under codes 100 and 190 (docs/reference/providers.md 1.5 and 1.7). */
export const metaSubcodes: readonly ErrorEntry[] = [
	{
		codes: [463],
		class: 'credential',
		what: 'The access token has expired',
		fix: 'Put a new token into the credential; a system user in Business Manager gets one that does not expire',
	},
	{
		codes: [33],
		class: 'credential',
		what: 'Meta knows nothing of this id, or the access token may not see it',
		fix: "Check 'Phone Number ID' and 'Business Account ID' in the credential, and that the token belongs to that business",
	},
	{
		codes: [2388024],
		class: 'template',
		what: 'A template of this name exists in this language already',
		fix: "Choose another 'Name' or 'Language', or delete the template first",
	},
	{
		codes: [2388019],
		class: 'account',
		what: 'The account has as many templates as it may',
		fix: 'Delete templates that are not used',
	},
	{
		codes: [2388039, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299],
		class: 'template',
		what: 'WhatsApp refused the content of the template',
		fix: "Check the labels and minutes of the template; the details name what it didn't take",
	},
];

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}
