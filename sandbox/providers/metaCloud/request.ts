import { createHmac } from 'node:crypto';
import type { z } from 'zod';
import type { Answer, Call, ProviderRequest } from '../../provider';
import { detailsOf, Refusal } from '../../refusal';
import type { State } from '../../state';
import { metaRefusal } from '../meta/error-codes';
import type { TemplateRules } from '../meta/template-rules';
import { account } from './account';
import { runningVersion } from './versions';

/** Every path begins with a version of the Graph API. */
export const version = '/:version{v[0-9]+\\.[0-9]+}';

/** Up to v20.0 the app could stand in the button itself (docs/reference/providers.md 1.1). */
export const rulesOf = ({ version: given = '' }: Record<string, string>, now: number): TemplateRules => ({
	flatAppFields: (runningVersion(given, now) ?? 0) < 21,
	ttlSeconds: { min: 30, max: 900 },
});

const unknownObjectTitle = (object: string) =>
	`Object with ID '${object}' does not exist, cannot be loaded due to missing permissions, ` +
	'or does not support this operation';

/** HTTP 400, code 100, subcode 33 (docs/reference/providers.md 1.7). */
export function unknownObject(object: string): Refusal {
	return new Refusal(100, { subcode: 33, title: unknownObjectTitle(object) });
}

export const invalid = (...details: string[]) => new Refusal(100, { details });

/** Throws a Refusal that names the wrong fields. */
export function read<Output>(schema: z.ZodType<Output, z.ZodTypeDef, unknown>, value: unknown): Output {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw invalid(...detailsOf(result.error));
}

/** Throws a Refusal if the path names another WhatsApp Business account. */
export function checkAccount({ account: object = '' }: Record<string, string>): void {
	if (object !== account.businessAccountId) throw unknownObject(object);
}

const { accessToken, expiredToken, messagingToken, proofToken } = account;

/** The app's own token: its ID and its secret (docs/reference/providers.md 1.9). */
const appToken = `${account.appId}|${account.appSecret}`;

export function authorize(request: ProviderRequest, _state: State, call?: string): Answer | undefined {
	const { headers, query, params } = request;
	const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
	if (params.app !== undefined) return authorizeApp(token, query.appsecret_proof);
	if (token === expiredToken) return metaRefusal(new Refusal(190, { subcode: 463 }));
	if (token !== accessToken && token !== messagingToken && token !== proofToken) return metaRefusal(new Refusal(190));
	const wrongProof = checkProof(token, query.appsecret_proof);
	if (wrongProof !== undefined) return metaRefusal(new Refusal(100, { title: wrongProof }));
	if (token !== messagingToken || call === 'send') return undefined;
	return metaRefusal(new Refusal(200, { title: 'You need the whatsapp_business_management permission' }));
}

/** A token of a person or of a system user may not change the app's own webhooks. */
function authorizeApp(token: string, proof: string | undefined): Answer | undefined {
	if (token === accessToken || token === messagingToken || token === proofToken) {
		return metaRefusal(new Refusal(15, { title: 'This method must be called with an app access_token.' }));
	}
	if (token !== appToken) return metaRefusal(new Refusal(190));
	const wrongProof = checkProof(token, proof);
	return wrongProof === undefined ? undefined : metaRefusal(new Refusal(100, { title: wrongProof }));
}

/** The proof is checked wherever it is given, and some apps demand it (docs/reference/providers.md 1.6). */
function checkProof(token: string, proof: string | undefined): string | undefined {
	if (proof === undefined && token !== proofToken) return undefined;
	if (proof === undefined) return 'API calls from the server require an appsecret_proof argument';
	const expected = createHmac('sha256', account.appSecret).update(token).digest('hex');
	return proof === expected ? undefined : 'Invalid appsecret_proof provided in the API argument';
}

/** What all calls share: the version must exist, and each takes the proof beside its own query. */
export function graphCall(call: Call): Call {
	return {
		...call,
		handle(request, state) {
			const { version: given = '' } = request.params;
			if (runningVersion(given, state.now()) === undefined) {
				throw new Refusal(2500, { title: `Unknown path components: /${given}` });
			}
			const query = { ...request.query };
			delete query.appsecret_proof;
			return call.handle({ ...request, query }, state);
		},
	};
}
