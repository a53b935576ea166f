import type { IDataObject, ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';
import { ProviderError, providers, type Provider, type Template } from '../../providers';
import { toNodeError } from '../shared/errors';
import { httpClient } from '../shared/http';
import { plain } from './outputs';
import type { ProviderConnection } from './operation';

/** @throws where the workflow asks for an operation that the editor doesn't offer for the provider */
export function templatesOf({ provider, connection }: ProviderConnection) {
	if (provider.templates === undefined) throw notOffered(provider);
	return { templates: provider.templates, connection };
}

/** An imported or generated workflow can name an operation that the editor would not offer. */
export function notOffered({ name }: Provider): ProviderError {
	return new ProviderError({
		class: 'permanent',
		what: `${name} has no such operation`,
		fix: "Choose another 'Operation' or another 'Provider'",
		providerCode: 'not_offered',
		httpStatus: 0,
	});
}

/** Every template of the account, page by page as they are asked for. */
export async function* eachTemplate(target: ProviderConnection): AsyncGenerator<Template> {
	const { templates, connection } = templatesOf(target);
	let next: string | undefined;
	do {
		const page = await templates.page(connection, next);
		yield* page.templates;
		next = page.next;
	} while (next !== undefined);
}

/** @throws ProviderError where the account has no such template in this language */
export async function findTemplate(
	target: ProviderConnection,
	name: string,
	language: string,
): Promise<Template & { id: string }> {
	for await (const template of eachTemplate(target)) {
		const { id } = template;
		if (id !== null && template.name === name && template.language === language) return { ...template, id };
	}
	throw noTemplate(name, ` in ${language}`);
}

export function noTemplate(name: string, where = ''): ProviderError {
	return new ProviderError({
		class: 'template',
		what: `There is no template '${name}'${where}`,
		fix: "Choose one from the list in 'Template'",
		providerCode: 'not_found',
		httpStatus: 404,
	});
}

export function templateAnswer({ raw, ...template }: Template, simplified = true): IDataObject {
	return simplified ? template : plain(raw);
}

async function connectEditor(host: ILoadOptionsFunctions): Promise<ProviderConnection> {
	const id = host.getCurrentNodeParameter('provider');
	const provider = providers.find((candidate) => candidate.id === id);
	if (provider === undefined) throw new Error('Choose a provider first');
	const account = provider.account.parse(await host.getCredentials(provider.credential));
	const credentialId = host.getNode().credentials?.[provider.credential]?.id ?? '';
	return { provider, credentialId, connection: { http: httpClient(host, provider.credential), account } };
}

/** Whether a code can be sent with it. */
export const isUsable = ({ category, status }: Template) => category === 'AUTHENTICATION' && status === 'APPROVED';

/** @throws NodeApiError for the editor to show in place of a list */
async function usableTemplates(host: ILoadOptionsFunctions): Promise<Template[]> {
	const usable: Template[] = [];
	try {
		for await (const template of eachTemplate(await connectEditor(host))) {
			if (isUsable(template)) usable.push(template);
		}
	} catch (error) {
		throw toNodeError(host.getNode(), error);
	}
	return usable;
}

/** The approved authentication templates, each name once. */
export async function searchTemplates(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	const names = new Set((await usableTemplates(this)).map(({ name }) => name));
	const found = [...names].filter((name) => name.includes(filter.toLowerCase()));
	return { results: found.sort().map((name) => ({ name, value: name })) };
}

/** The languages in which the chosen template is approved. */
export async function getTemplateLanguages(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const chosen = this.getCurrentNodeParameter('template', { extractValue: true });
	const versions = (await usableTemplates(this)).filter(({ name }) => name === chosen);
	const languages = new Set(versions.map(({ language }) => language));
	return [...languages].sort().map((language) => ({ name: language, value: language }));
}
