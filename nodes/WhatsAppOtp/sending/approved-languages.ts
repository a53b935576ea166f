import { ProviderError } from '../../../providers';
import type { ProviderConnection } from '../operation';
import { eachTemplate, isUsable } from '../templates';

/** Milliseconds for which the list of an account's templates is taken for true. */
const lifetime = 5 * 60_000;

/** Milliseconds that sends wait for a page of the list; then they go without, and the provider decides. */
const patience = 3000;

/** What is known of a template in one language. */
export interface ApprovedTemplate {
	/** Seconds for which WhatsApp tries to deliver it, where the list tells. */
	messageTtl?: number;
}

/** By name, then by language. */
type Approved = ReadonlyMap<string, ReadonlyMap<string, ApprovedTemplate>>;

interface Listing {
	at: number;
	/** The approved authentication templates; undefined where the provider gave no list. */
	approved: Promise<Approved | undefined>;
}

/** By provider, credential and account. */
const listings = new Map<string, Listing>();

/**
 * Refuses a language that the template lacks before anything is sent; what the list does not tell is left to the
 * provider. Reads the list once in a while, and once more before it refuses.
 * @throws ProviderError that names the languages there are
 */
export async function approvedTemplate(
	target: ProviderConnection,
	template: string,
	language: string,
): Promise<ApprovedTemplate> {
	if (target.provider.templates === undefined) return {};
	const known = current(target);
	const listing = known ?? renew(target);
	const versions = (await listing.approved)?.get(template);
	if (versions === undefined || versions.has(language)) return versions?.get(language) ?? {};
	// Approved since the list was read, perhaps.
	const newer = known === undefined ? listing : renew(target, known);
	const approved = (await newer.approved)?.get(template);
	if (approved === undefined || approved.has(language)) return approved?.get(language) ?? {};
	throw new ProviderError({
		class: 'template',
		what: `'Language' ${language} is none in which the template '${template}' is approved`,
		fix: `Choose ${[...approved.keys()].sort().join(' or ')}, or create the template in ${language}`,
		providerCode: 'language',
		httpStatus: 0,
	});
}

const keyOf = ({ provider, credentialId, connection }: ProviderConnection) =>
	JSON.stringify([provider.id, credentialId, connection.account]);

function current(target: ProviderConnection): Listing | undefined {
	const found = listings.get(keyOf(target));
	return found !== undefined && found.at > Date.now() - lifetime ? found : undefined;
}

/** Reads the list again, unless another item has done so since it was `stale`. */
function renew(target: ProviderConnection, stale?: Listing): Listing {
	const found = current(target);
	if (found !== undefined && found !== stale) return found;
	const listing = { at: Date.now(), approved: readApproved(hastily(target)).catch(() => undefined) };
	listings.set(keyOf(target), listing);
	return listing;
}

function hastily({ connection, ...target }: ProviderConnection): ProviderConnection {
	const { http } = connection;
	return { ...target, connection: { ...connection, http: (request) => http({ ...request, timeoutMs: patience }) } };
}

async function readApproved(target: ProviderConnection): Promise<Approved> {
	const approved = new Map<string, Map<string, ApprovedTemplate>>();
	for await (const template of eachTemplate(target)) {
		if (!isUsable(template)) continue;
		const { name, language, messageSendTtlSeconds: messageTtl } = template;
		// -1 stands for 30 days.
		const known = messageTtl === null || messageTtl < 0 ? {} : { messageTtl };
		approved.set(name, (approved.get(name) ?? new Map<string, ApprovedTemplate>()).set(language, known));
	}
	return approved;
}
