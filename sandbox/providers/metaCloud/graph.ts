import { accounts } from '../../accounts';
import type { TemplateRules } from '../meta/template-rules';
import { Refusal } from '../../refusal';

export const id = 'metaCloud';
export const account = accounts[id];

/** Every path begins with a version of the Graph API. */
export const version = '/:version{v[0-9]+\\.[0-9]+}';

/** Up to v20.0 the app stands in the button itself (docs/reference/providers.md 1.1). */
export const rulesOf = (params: Record<string, string>): TemplateRules => ({
	flatAppFields: Number(params.version?.slice(1)) < 21,
	ttlSeconds: { min: 30, max: 900 },
});

/** HTTP 400, code 100, subcode 33 (docs/reference/providers.md 1.7). */
export function unknownObject(object: string): Refusal {
	return new Refusal(100, {
		subcode: 33,
		title: `Object with ID '${object}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
	});
}

export const invalid = (...details: string[]) => new Refusal(100, { details });

export function checkAccount({ account: object = '' }: Record<string, string>): void {
	if (object !== account.businessAccountId) throw unknownObject(object);
}
