import type { ErrorEntry, ErrorRange } from '../errors';

/**
 * Where Meta's error codes come from, and the date of the document. docs/reference/providers.md 1.7 has the same list,
 * with the same short names.
 */
export const metaSources = {
	ERR26: "Meta's page of WhatsApp error codes, 18 June 2026",
	GRAPH: "Meta's page on error handling in the Graph API, and its reference of message templates, 2026",
	CALLS: "Meta's page on errors of calls, 3 December 2025",
	PYW: 'The error list of the public client pywa, August 2026',
	PUB: 'Public reports and support pages of partners, 2025 and 2026',
} as const;

/** A row of Meta's tables. */
export interface MetaErrorEntry extends ErrorEntry {
	source: keyof typeof metaSources;
}

const systemUserToken =
	'in Business Settings > Users > System Users, Generate New Token creates one that does not expire';
const phoneNumbers = 'WhatsApp Manager > Account Tools > Phone Numbers';
const apiSetup = 'WhatsApp > API Setup of your app at developers.facebook.com/apps';

const newToken = `Put a new token into the credential: ${systemUserToken}`;
const checkIds = `Check 'Phone Number ID' and 'Business Account ID' in the credential: ${apiSetup} shows both`;
/** For codes that no table has. */
export const lookUp =
	"Look up the code in Meta's list of error codes: developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes";
const bySms = 'Send this person a code by SMS or e-mail';
const otherTemplate = "Choose an authentication template in 'Template'";

/** Meta's error codes (docs/reference/providers.md 1.7). Answers and webhooks have the same. */
export const metaErrors: readonly MetaErrorEntry[] = [
	{
		errorCodes: [0, 190],
		class: 'credential',
		what: 'The access token is invalid or has expired',
		fix: newToken,
		source: 'ERR26',
	},
	{
		errorCodes: [102],
		class: 'credential',
		what: 'The access token is invalid or has expired',
		fix: newToken,
		source: 'GRAPH',
	},
	{
		errorCodes: [3, 10, ...range(200, 299), 131005],
		class: 'credential',
		what: 'The access token lacks a permission',
		fix:
			'Give the token whatsapp_business_messaging and whatsapp_business_management: in Business Settings > Users > ' +
			'System Users, assign the app and the WhatsApp account to the system user, then generate a new token',
		source: 'ERR26',
	},
	{
		errorCodes: [15],
		class: 'credential',
		what: "Meta takes this call only with the app's own access token",
		fix: "Fill in 'App Secret' in the credential: App Settings > Basic of your app shows it",
		source: 'PUB',
	},
	{
		errorCodes: [803],
		class: 'credential',
		what: 'Meta does not know this ID, or the access token has no access to it',
		fix: checkIds,
		source: 'PUB',
	},
	{
		errorCodes: [2500],
		class: 'credential',
		what: 'Meta does not know the path of the request, or found no access token in it',
		fix:
			"Check 'Base URL' in the credential (it is https://graph.facebook.com, without a version or an ID) and " +
			"'Access Token'",
		source: 'PUB',
	},
	{
		errorCodes: [4, 80007],
		class: 'throttle',
		what: 'Too many API calls to Meta',
		fix:
			'Send more slowly, or try again later: Application Rate Limit in the dashboard of your app at ' +
			'developers.facebook.com/apps shows the calls',
		source: 'ERR26',
	},
	{
		errorCodes: [17, 32, 341, 613, 80008],
		class: 'throttle',
		what: 'Too many API calls to Meta with this access token, or for this account',
		fix: 'Send more slowly, or try again in an hour. Use the token of a system user that only this n8n has',
		source: 'GRAPH',
	},
	{
		errorCodes: [130429],
		class: 'throttle',
		what: 'Too many messages a second from this phone number',
		fix: "Lower 'Messages per Second', or ask Meta for more throughput",
		source: 'ERR26',
	},
	{
		errorCodes: [131048],
		class: 'throttle',
		what: 'Meta limits this number because people block or report its messages',
		fix: `Look at the number's quality rating in ${phoneNumbers} before sending more`,
		source: 'ERR26',
	},
	{
		errorCodes: [131056],
		class: 'throttle',
		what: 'Too many messages to this number within seconds',
		fix: 'Wait before sending to it again',
		source: 'ERR26',
	},
	{
		errorCodes: [131064],
		class: 'throttle',
		what: 'Meta limits this account for some time because templates were in the wrong category',
		fix:
			'Use another channel until Meta lifts the limit. Check the category of each template in WhatsApp Manager > ' +
			'Message Templates, and look at Business Support Home',
		source: 'ERR26',
	},
	{
		errorCodes: [133016],
		class: 'throttle',
		what: 'The phone number was registered too often',
		fix: 'Wait 72 hours before registering it again',
		source: 'ERR26',
	},
	{
		errorCodes: [1, 2, 131000, 131016, 131057, 133000, 133004],
		class: 'transient',
		what: 'WhatsApp cannot accept the message at the moment',
		fix: "Look at Meta's status page (metastatus.com) and try again later",
		source: 'ERR26',
	},
	{
		errorCodes: [33, 100],
		class: 'permanent',
		what: 'Meta rejected a value of the request',
		fix: 'Check the IDs in the credential and the fields of this node; the details name the value',
		source: 'ERR26',
	},
	{
		errorCodes: [506],
		class: 'permanent',
		what: 'Meta rejected the request because it is the same as the one before',
		fix: 'Wait before sending it again',
		source: 'PUB',
	},
	{
		errorCodes: [368, 131031],
		class: 'account',
		what: 'Meta has restricted or locked the business account',
		fix: 'Open Business Support Home (business.facebook.com/business-support-home) and resolve the restriction',
		source: 'ERR26',
	},
	{
		errorCodes: [130497],
		class: 'permanent',
		what: "Meta does not allow this account to send to the number's country",
		fix: "Exclude the country with 'Allowed Countries', and use another channel there",
		source: 'ERR26',
	},
	{
		errorCodes: [130403, 131021, 131026],
		class: 'recipient',
		what: "WhatsApp can't deliver to this number",
		fix: bySms,
		source: 'ERR26',
	},
	{
		errorCodes: [192],
		class: 'recipient',
		what: 'Meta does not accept this phone number',
		fix: bySms,
		source: 'GRAPH',
	},
	{
		errorCodes: [131043],
		class: 'recipient',
		what: 'The message expired before WhatsApp could deliver it',
		fix: 'Send this person a new code, or a code by SMS or e-mail',
		source: 'PUB',
	},
	{
		errorCodes: [131062],
		class: 'recipient',
		what: 'Authentication messages need a phone number, and Meta has only a user ID of this person',
		fix: 'Send to the phone number of this person, or use another channel such as e-mail',
		source: 'PYW',
	},
	{
		errorCodes: [137000],
		class: 'recipient',
		what: 'Meta could not confirm that the phone number still belongs to the same person',
		fix: 'Check the identity of this person in another way, for example by e-mail',
		source: 'PYW',
	},
	{
		errorCodes: [131049],
		class: 'recipient',
		what: 'Meta decided not to deliver this message',
		fix: 'Use another channel for now; sending again immediately does not help',
		source: 'ERR26',
	},
	{
		errorCodes: [130472, 131047, 131050, 131051, 131052, 131053, 134011, 135000],
		class: 'permanent',
		what: 'Meta rejected the message',
		fix: 'Check that the template is an authentication template; the details say more',
		source: 'ERR26',
	},
	{
		errorCodes: [131063],
		class: 'permanent',
		what: 'Marketing templates are switched off for this account',
		fix: otherTemplate,
		source: 'PYW',
	},
	{
		errorCodes: [131008, 131009],
		class: 'permanent',
		what: 'A parameter of the message is missing or invalid',
		fix: "Check 'Template': it must be an authentication template with an OTP button",
		source: 'ERR26',
	},
	{
		errorCodes: [131055],
		class: 'permanent',
		what: 'Meta does not allow this request for the phone number',
		fix: `Check in ${phoneNumbers} whether the number is set up for calls over SIP only`,
		source: 'PUB',
	},
	{
		errorCodes: [131030],
		class: 'account',
		what: "The number is not in the list of recipients of Meta's test number",
		fix:
			`Add the number in ${apiSetup}, under To > Manage Phone Number List, exactly in the form that Meta shows ` +
			'(this matters in Argentina, Brazil and Mexico). Or send from a phone number that is yours',
		source: 'PYW',
	},
	{
		errorCodes: [131037],
		class: 'account',
		what: "The phone number's display name is not approved",
		fix:
			`Request approval of the display name: open the number in ${phoneNumbers}, then Profile. ` +
			'Meta checks it in a few days',
		source: 'ERR26',
	},
	{
		errorCodes: [131042],
		class: 'account',
		what: "The business account's payment method does not work",
		fix: 'Update the payment method: in Business Manager, open Billing & Payments > WhatsApp Business Accounts',
		source: 'ERR26',
	},
	{
		errorCodes: [131044],
		class: 'account',
		what: 'The business account has no payment method',
		fix: 'Add a payment method: in Business Manager, open Billing & Payments > WhatsApp Business Accounts',
		source: 'CALLS',
	},
	{
		errorCodes: [131045],
		class: 'account',
		what: "The phone number's certificate is not valid, so that the number is not registered",
		fix: `Check the number's status and display name in ${phoneNumbers}, then register the number again`,
		source: 'ERR26',
	},
	{
		errorCodes: [133010],
		class: 'account',
		what: 'The phone number is not registered for the Cloud API',
		fix:
			`Register the number: choose it in ${apiSetup}, or send POST /{Phone Number ID}/register with the number's ` +
			'PIN. WhatsApp Manager then shows it as connected',
		source: 'ERR26',
	},
	{
		errorCodes: [133005, 133006, 133008, 133009, 133015],
		class: 'account',
		what: 'The phone number is not registered properly',
		fix: `Register the number again in WhatsApp Manager: open it in ${phoneNumbers}, where its PIN can be changed too`,
		source: 'ERR26',
	},
	{
		errorCodes: [132001],
		class: 'template',
		what: 'There is no approved template with this name in this language',
		fix:
			"Check 'Template' and 'Language': WhatsApp Manager > Message Templates shows the templates that are approved. " +
			"Meta's test numbers have no authentication templates",
		source: 'ERR26',
	},
	{
		errorCodes: [132000, 132005, 132012, 132018],
		class: 'template',
		what: 'The template has parameters other than the code',
		fix: otherTemplate,
		source: 'ERR26',
	},
	{
		errorCodes: [132008],
		class: 'template',
		what: 'The template has parameters other than the code',
		fix: otherTemplate,
		source: 'PYW',
	},
	{
		errorCodes: [132007],
		class: 'template',
		what: "The template violates WhatsApp's policy",
		fix: 'Create a new authentication template',
		source: 'ERR26',
	},
	{
		errorCodes: [132015, 132016],
		class: 'template',
		what: 'WhatsApp has paused or disabled the template',
		fix: 'Choose another template, or improve this one in WhatsApp Manager > Message Templates',
		source: 'ERR26',
	},
	{
		errorCodes: [132068, 132069],
		class: 'template',
		what: 'The template uses a flow',
		fix: otherTemplate,
		source: 'ERR26',
	},
	{
		errorCodes: [200002],
		class: 'template',
		what: 'Meta could not create the template',
		fix: 'Check the name, the texts and the language of the template; the details say more',
		source: 'GRAPH',
	},
	{
		errorCodes: [2200],
		class: 'permanent',
		what: 'Meta could not verify the webhook address',
		fix: "The address must be reachable from the internet over HTTPS; the provider's message says what Meta received",
		source: 'GRAPH',
	},
];

/** Subcodes, which say more than their error codes (docs/reference/providers.md 1.5, 1.7). */
export const metaSubcodes: readonly MetaErrorEntry[] = [
	{
		errorCodes: [463],
		class: 'credential',
		what: 'The access token has expired',
		fix: newToken,
		source: 'GRAPH',
	},
	{
		errorCodes: [458],
		class: 'credential',
		what: 'The access token is invalid because the person removed the app',
		fix: newToken,
		source: 'GRAPH',
	},
	{
		errorCodes: [459, 464],
		class: 'credential',
		what: 'Meta wants the person behind the access token to confirm the Facebook account',
		fix: `Log in at www.facebook.com and follow the instructions there. Or use another token: ${systemUserToken}`,
		source: 'GRAPH',
	},
	{
		errorCodes: [460],
		class: 'credential',
		what: 'The access token is invalid because the person behind it changed the password or was logged out',
		fix: newToken,
		source: 'GRAPH',
	},
	{
		errorCodes: [467],
		class: 'credential',
		what: 'The access token was revoked or belongs to a person who logged out',
		fix: newToken,
		source: 'GRAPH',
	},
	{
		errorCodes: [492],
		class: 'credential',
		what: 'The person behind the access token no longer has a role in the business',
		fix: newToken,
		source: 'GRAPH',
	},
	{
		errorCodes: [33],
		class: 'credential',
		what: 'Meta does not know this ID, or the access token has no access to it',
		fix: `${checkIds}. The token must be of the same business`,
		source: 'GRAPH',
	},
	{
		errorCodes: [2446079],
		class: 'throttle',
		what: 'Too many API calls to Meta',
		fix: 'Send more slowly, or try again later',
		source: 'GRAPH',
	},
	{
		errorCodes: [2388024],
		class: 'template',
		what: 'A template with this name already exists in this language',
		fix: "Choose another 'Name' or 'Language', or delete the template first",
		source: 'PYW',
	},
	{
		errorCodes: [2388023],
		class: 'template',
		what: 'A template with this name was deleted a short time ago, and Meta still blocks the name',
		fix: "Choose another 'Name', or wait: Meta blocks the name for up to 30 days",
		source: 'PYW',
	},
	{
		errorCodes: [2593002],
		class: 'template',
		what: 'There is no template with this name',
		fix: "Check 'Template'; Get Many lists the templates",
		source: 'PYW',
	},
	{
		errorCodes: [2388019],
		class: 'account',
		what: 'The account has reached its maximum number of templates',
		fix: 'Delete templates that you do not use, in WhatsApp Manager > Message Templates',
		source: 'PYW',
	},
	{
		errorCodes: [2388039, 2388040, 2388047, 2388072, 2388073, 2388293, 2388299],
		class: 'template',
		what: 'WhatsApp rejected the content of the template',
		fix: 'Check the texts and minutes of the template; the details name what was rejected',
		source: 'PYW',
	},
	{
		errorCodes: [2388012, 2388091, 2388093, 2388103, 2388109],
		class: 'account',
		what: 'The phone number is being moved to another account, or cannot be moved',
		fix: `Look at the number's status in ${phoneNumbers}, and complete the move there`,
		source: 'PUB',
	},
];

/**
 * Sentences of Meta, and words in them, that say more than the error code 100, which they share
 * (docs/reference/providers.md 1.7).
 */
export const metaSentences: readonly MetaErrorEntry[] = [
	{
		errorCodes: ['Invalid appsecret_proof provided in the API argument', 'invalid appsecret_proof'],
		class: 'credential',
		what: 'The app secret does not belong to the app of the access token',
		fix: "Copy 'App Secret' from App Settings > Basic of the app that made the access token",
		source: 'PUB',
	},
	{
		errorCodes: ['API calls from the server require an appsecret_proof argument', 'appsecret_proof'],
		class: 'credential',
		what: "Your app at Meta demands a proof with each call ('Require App Secret')",
		fix: "Fill in 'App Secret' in the credential, from App Settings > Basic of your app",
		source: 'PUB',
	},
	{
		errorCodes: ['must be subscribed', 'not subscribed'],
		class: 'account',
		what: "The access token's app is not subscribed to the WhatsApp account",
		fix: "Check 'Business Account ID' in the credential, and the token's permission whatsapp_business_management",
		source: 'PUB',
	},
];

/** The class of error codes that are not in the table, by their range (docs/reference/providers.md 1.7.1). */
export const metaRanges: readonly ErrorRange[] = [
	{
		from: 80_000,
		to: 80_099,
		class: 'throttle',
		what: 'Too many API calls to Meta',
		fix: 'Send more slowly, or try again later',
	},
	{
		from: 131_000,
		to: 131_999,
		class: 'permanent',
		what: 'Meta rejected the message',
		fix: lookUp,
	},
	{
		from: 132_000,
		to: 132_999,
		class: 'template',
		what: 'Meta rejected the template or its parameters',
		fix: "Check 'Template' and 'Language'; WhatsApp Manager > Message Templates shows the template",
	},
	{
		from: 133_000,
		to: 133_999,
		class: 'account',
		what: 'The registration of the phone number has a problem',
		fix: `Look at the number's status in ${phoneNumbers}`,
	},
	{
		from: 134_000,
		to: 134_999,
		class: 'account',
		what: 'The business account has not accepted terms, or is not set up for this kind of message',
		fix: 'Look at the account in WhatsApp Manager > Account Tools',
	},
	{
		from: 137_000,
		to: 137_999,
		class: 'recipient',
		what: 'Meta could not confirm the identity of the recipient',
		fix: bySms,
	},
	{
		from: 138_000,
		to: 138_999,
		class: 'permanent',
		what: 'Meta answered with an error for calls, which this node does not make',
		fix: "Check 'Phone Number ID' in the credential and the calls of other systems with this number",
	},
	{
		from: 139_000,
		to: 139_999,
		class: 'permanent',
		what: 'Meta answered with an error for flows, groups or blocked people, which this node does not use',
		fix: otherTemplate,
	},
	{
		from: 147_000,
		to: 147_999,
		class: 'permanent',
		what: 'Meta answered with an error for usernames, which this node does not use',
		fix: lookUp,
	},
];

/** The same for subcodes. */
export const metaSubcodeRanges: readonly ErrorRange[] = [
	{
		from: 450,
		to: 499,
		class: 'credential',
		what: 'The access token is no longer valid',
		fix: newToken,
	},
	{
		from: 2_388_000,
		to: 2_388_999,
		class: 'template',
		what: 'WhatsApp rejected the template',
		fix: 'Check the name, the texts and the language of the template; the details say more',
	},
	{
		from: 2_494_000,
		to: 2_494_999,
		class: 'account',
		what: 'The phone number or its business account is not set up completely',
		fix: `Look at the number's status in ${phoneNumbers}`,
	},
	{
		from: 2_593_000,
		to: 2_593_999,
		class: 'template',
		what: 'WhatsApp rejected the request for a template',
		fix: "Check 'Template'; Get Many lists the templates",
	},
];

function range(from: number, to: number): number[] {
	return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}
