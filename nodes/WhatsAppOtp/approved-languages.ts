import { ProviderError } from '../../providers';
import type { ProviderConnection } from './operation';
import { eachTemplate, isUsable } from './templates';

/** Milliseconds for which the list of an account's templates is taken for true. */
const lifetime = 5 * 60_000;

/** Milliseconds that sends wait for a page of the list; then they go without, and the provider decides. */
const patience = 3000;

type Languages = ReadonlyMap<string, ReadonlySet<string>>;

interface Listing {
	at: number;
	/** Of the approved authentication templates, by name; undefined where the provider gave no list. */
	languages: Promise<Languages | undefined>;
}

/** By provider and account. */
const listings = new Map<string, Listing>();

/**
 * Refuses a language that the template lacks before anything is sent; what the list does not tell is left to the
 * provider. Reads the list once in a while, and once more before it refuses.
 * @throws ProviderError that names the languages there are
 */
export async function requireLanguage(target: ProviderConnection, template: string, language: string): Promise<void> {
	if (target.provider.templates === undefined) return;
	const known = current(target);
	const listing = known ?? renew(target);
	const lacking = await languagesWithout(listing, template, language);
	if (lacking === undefined) return;
	// Approved since the list was read, perhaps.
	const newer = known === undefined ? listing : renew(target, known);
	const approved = await languagesWithout(newer, template, language);
	if (approved === undefined) return;
	throw new ProviderError({
		class: 'template',
		what: `'Language' ${language} is none in which the template '${template}' is approved`,
		fix: `Choose ${approved.join(' or ')}, or create the template in ${language}`,
		providerCode: 'language',
		httpStatus: 0,
	});
}

/** The template's languages where the wanted one is not among them. */
async function languagesWithout(
	{ languages }: Listing,
	template: string,
	language: string,
): Promise<string[] | undefined> {
	const approved = (await languages)?.get(template);
	return approved === undefined || approved.has(language) ? undefined : [...approved].sort();
}

const keyOf = ({ provider, connection }: ProviderConnection) => `${provider.id} ${JSON.stringify(connection.account)}`;

function current(target: ProviderConnection): Listing | undefined {
	const found = listings.get(keyOf(target));
	return found !== undefined && found.at > Date.now() - lifetime ? found : undefined;
}

/** Reads the list again, unless another item has done so since it was `stale`. */
function renew(target: ProviderConnection, stale?: Listing): Listing {
	const found = current(target);
	if (found !== undefined && found !== stale) return found;
	const listing = { at: Date.now(), languages: readLanguages(hastily(target)).catch(() => undefined) };
	listings.set(keyOf(target), listing);
	return listing;
}

function hastily({ provider, connection }: ProviderConnection): ProviderConnection {
	const { http } = connection;
	return { provider, connection: { ...connection, http: (request) => http({ ...request, timeoutMs: patience }) } };
}

async function readLanguages(target: ProviderConnection): Promise<Languages> {
	const languages = new Map<string, Set<string>>();
	for await (const template of eachTemplate(target)) {
		if (!isUsable(template)) continue;
		languages.set(template.name, (languages.get(template.name) ?? new Set()).add(template.language));
	}
	return languages;
}
