import {
	NodeOperationError,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeListSearchResult,
	type INodePropertyOptions,
} from 'n8n-workflow';
import { findProvider, type Template } from '../../providers';
import { toNodeError } from '../shared/errors';
import { connectProvider, type ProviderConnection } from '../shared/provider-connection';
import { defaultDraft } from './fields/template-draft';
import { languageName } from './language-names';
import { eachTemplate, isUsable, notOffered, templatesOf } from './templates';

const defaultLanguage = 'en_US';
const defaultTemplateName = 'verification_code';

/** As long as a line of the editor's list. */
const noTemplate = 'No approved template yet. Approval takes minutes.';

/** The approved authentication templates, each name once, for the list in 'Template'. */
export async function searchTemplates(this: ILoadOptionsFunctions, filter = ''): Promise<INodeListSearchResult> {
	const names = new Set((await usableTemplates(this)).map(({ name }) => name));
	// The editor would show only 'No results'. A click on this line chooses nothing.
	if (names.size === 0) return { results: [{ name: noTemplate, value: '' }] };
	const found = [...names].filter((name) => name.includes(filter.toLowerCase()));
	return { results: found.sort().map((name) => ({ name, value: name })) };
}

/**
 * The languages in which the chosen template is approved, for the list in 'Language'. The editor marks a value that is
 * not in its list as wrong. So the list always has the language that the field holds, even before there is a template.
 */
export async function getTemplateLanguages(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const chosen = this.getCurrentNodeParameter('template', { extractValue: true });
	const current = this.getCurrentNodeParameter('language');
	const held = typeof current === 'string' && /^[a-z]{2,3}(_\w+)?$/.test(current) ? current : undefined;
	if (typeof chosen !== 'string' || chosen === '' || chosen.startsWith('=')) {
		return [languageOption(held ?? defaultLanguage)];
	}
	const versions = (await usableTemplates(this)).filter(({ name }) => name === chosen);
	const approved = [...new Set(versions.map(({ language }) => language))].sort();
	const options = approved.map(languageOption);
	if (held === undefined || approved.includes(held)) return options;
	return [...options, { name: `${languageName(held)}: the template is not approved in it`, value: held }];
}

function languageOption(language: string): INodePropertyOptions {
	return { name: languageName(language), value: language };
}

/**
 * Creates a template with the usual content, for 'Create template' in the list of templates.
 * @returns its name, which the editor puts into the field
 */
export async function createTemplate(this: ILoadOptionsFunctions, payload?: IDataObject | string): Promise<string> {
	const typed = typeof payload === 'object' && typeof payload.name === 'string' ? payload.name.trim() : '';
	const name = typed || defaultTemplateName;
	try {
		const target = await connectEditor(this);
		const { templates, connection } = templatesOf(target);
		if (templates.create === undefined) throw notOffered(target.provider);
		await templates.create(connection, defaultDraft({ name, languages: [defaultLanguage] }, templates.limits));
		return name;
	} catch (error) {
		throw toNodeError(this.getNode(), error);
	}
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
	const node = host.getNode();
	const provider = findProvider(host.getCurrentNodeParameter('provider'));
	if (provider === undefined) throw new NodeOperationError(node, "Choose a 'Provider' first");
	if (node.credentials?.[provider.credential] === undefined) {
		throw new NodeOperationError(node, `Choose or create the credential for ${provider.name} first`, {
			description: `The list comes from your account at ${provider.name}.`,
		});
	}
	return await connectProvider(host, provider);
}
