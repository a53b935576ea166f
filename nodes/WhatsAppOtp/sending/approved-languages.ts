import { ProviderError } from '../../../providers';
import { accountKey, type ProviderConnection } from '../../shared/provider-connection';
import { eachTemplate, isUsable } from '../templates';

/** Milliseconds for which a list of templates is used. */
const maxAge = 5 * 60_000;

/** Milliseconds that a send waits for a page of the list. After that it is sent unchecked, and the provider decides. */
const pageTimeout = 3000;

/** What the list says about a template in one language. */
export interface ApprovedTemplate {
	/** Seconds for which WhatsApp tries to deliver it; undefined if the list does not say. */
	messageTtl?: number;
}

/** By name, then by language. */
type ApprovedTemplates = ReadonlyMap<string, ReadonlyMap<string, ApprovedTemplate>>;

interface TemplateList {
	readAt: number;
	/** The approved authentication templates; undefined if the provider returned no list. */
	approved: Promise<ApprovedTemplates | undefined>;
}

/** By account. */
const lists = new Map<string, TemplateList>();

/**
 * Checks that the template is approved in the language, before anything is sent. If the list does not contain the
 * template at all, the provider decides. A language that is missing is looked up once more in a fresh list.
 * @throws ProviderError that names the approved languages
 */
export async function approvedTemplate(
	target: ProviderConnection,
	template: string,
	language: string,
): Promise<ApprovedTemplate> {
	if (target.provider.templates === undefined) return {};
	const cached = cachedList(target);
	const list = cached ?? readList(target);
	const versions = (await list.approved)?.get(template);
	if (versions === undefined || versions.has(language)) return versions?.get(language) ?? {};
	// The language may have been approved after the list was read.
	const newer = cached === undefined ? list : readList(target, cached);
	const approved = (await newer.approved)?.get(template);
	if (approved === undefined || approved.has(language)) return approved?.get(language) ?? {};
	throw new ProviderError({
		class: 'template',
		what: `Template '${template}' is not approved in language ${language}`,
		fix: `Choose ${[...approved.keys()].sort().join(' or ')}, or create the template in ${language}`,
		providerCode: 'language',
		httpStatus: 0,
	});
}

/** The languages in which a template is approved; empty if the provider returned no list. */
export async function approvedLanguages(target: ProviderConnection, template: string): Promise<string[]> {
	if (target.provider.templates === undefined) return [];
	const list = cachedList(target) ?? readList(target);
	return [...((await list.approved)?.get(template)?.keys() ?? [])].sort();
}

/**
 * For a template whose name a person typed. An account without any approved template is only being set up, so nothing
 * is said about it.
 * @throws ProviderError if the account has approved templates, and none of this name
 */
export async function expectKnownTemplate(target: ProviderConnection, template: string): Promise<void> {
	if (target.provider.templates === undefined) return;
	const approved = await readList(target, cachedList(target)).approved;
	if (approved === undefined || approved.size === 0 || approved.has(template)) return;
	throw new ProviderError({
		class: 'template',
		what: `${target.provider.name} has no approved template '${template}'`,
		fix: `Choose ${[...approved.keys()].sort().join(' or ')} in 'Template', or wait until the template is approved`,
		providerCode: 'template',
		httpStatus: 0,
	});
}

function cachedList(target: ProviderConnection): TemplateList | undefined {
	const list = lists.get(accountKey(target));
	return list !== undefined && list.readAt > Date.now() - maxAge ? list : undefined;
}

/** Reads the list again, unless another item has already replaced the `stale` one. */
function readList(target: ProviderConnection, stale?: TemplateList): TemplateList {
	const cached = cachedList(target);
	if (cached !== undefined && cached !== stale) return cached;
	const approved = readApproved(withPageTimeout(target)).catch(() => undefined);
	const list = { readAt: Date.now(), approved };
	lists.set(accountKey(target), list);
	return list;
}

function withPageTimeout({ connection, ...target }: ProviderConnection): ProviderConnection {
	const { http } = connection;
	return { ...target, connection: { ...connection, http: (request) => http({ ...request, timeoutMs: pageTimeout }) } };
}

async function readApproved(target: ProviderConnection): Promise<ApprovedTemplates> {
	const approved = new Map<string, Map<string, ApprovedTemplate>>();
	for await (const template of eachTemplate(target)) {
		if (!isUsable(template)) continue;
		const { name, language, messageSendTtlSeconds: ttl } = template;
		// -1 means 30 days, which is longer than any code is valid.
		const version = ttl === null || ttl < 0 ? {} : { messageTtl: ttl };
		approved.set(name, (approved.get(name) ?? new Map<string, ApprovedTemplate>()).set(language, version));
	}
	return approved;
}
