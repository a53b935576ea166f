import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow';
import { findProvider, type Template } from '../../providers';
import { toNodeError } from '../shared/errors';
import { connectProvider, type ProviderConnection } from '../shared/provider-connection';
import { eachTemplate, isUsable } from './templates';

/** The approved authentication templates, each name once, for the list in 'Template'. */
export async function searchTemplates(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	const names = new Set((await usableTemplates(this)).map(({ name }) => name));
	const found = [...names].filter((name) => name.includes(filter.toLowerCase()));
	return { results: found.sort().map((name) => ({ name, value: name })) };
}

/** The languages in which the chosen template is approved, for the list in 'Language'. */
export async function getTemplateLanguages(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const chosen = this.getCurrentNodeParameter('template', { extractValue: true });
	const versions = (await usableTemplates(this)).filter(({ name }) => name === chosen);
	const languages = new Set(versions.map(({ language }) => language));
	return [...languages].sort().map((language) => ({ name: language, value: language }));
}

/** @throws NodeApiError, which the editor shows in place of the list */
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

async function connectEditor(host: ILoadOptionsFunctions): Promise<ProviderConnection> {
	const provider = findProvider(host.getCurrentNodeParameter('provider'));
	if (provider === undefined) throw new Error("Choose a 'Provider' first");
	return await connectProvider(host, provider);
}
