import type { z } from 'zod';
import type { Answer, ProviderRequest } from '../../provider';
import { detailsOf, Refusal } from '../../refusal';
import type { State } from '../../state';
import { metaRefusal } from '../meta/error-codes';
import type { TemplateRules } from '../meta/template-rules';
import { account } from './account';

/** Every path begins with a version of the Graph API. */
export const version = '/:version{v[0-9]+\\.[0-9]+}';

/** Up to v20.0 the app stands in the button itself (docs/reference/providers.md 1.1). */
export const rulesOf = (params: Record<string, string>): TemplateRules => ({
	flatAppFields: Number(params.version?.slice(1)) < 21,
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

const bearer = (token: string) => `Bearer ${token}`;

export function authorize({ headers }: ProviderRequest, _state: State, call?: string): Answer | undefined {
	const given = headers.authorization;
	if (given === bearer(account.accessToken)) return undefined;
	if (given === bearer(account.expiredToken)) return metaRefusal(new Refusal(190, { subcode: 463 }));
	if (given !== bearer(account.messagingToken)) return metaRefusal(new Refusal(190));
	if (call === 'send') return undefined;
	return metaRefusal(new Refusal(200, { title: 'You need the whatsapp_business_management permission' }));
}
