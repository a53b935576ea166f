import type { IDataObject } from 'n8n-workflow';
import { ProviderError, type Provider, type Template } from '../../providers';
import type { ProviderConnection } from '../shared/provider-connection';
import { known, plain } from './outputs';

/** @throws ProviderError if the provider has no template operations */
export function templatesOf({ provider, connection }: ProviderConnection) {
	if (provider.templates === undefined) throw notOffered(provider);
	return { templates: provider.templates, connection };
}

/** For imported or generated workflows, which can contain an operation that the editor does not offer. */
export function notOffered({ name }: Provider): ProviderError {
	return new ProviderError({
		class: 'permanent',
		what: `${name} does not support this operation`,
		fix: "Choose another 'Operation' or another 'Provider'",
		providerCode: 'not_offered',
		httpStatus: 0,
	});
}

/** All templates of the account. Reads the next page only when it is needed. */
export async function* eachTemplate(target: ProviderConnection): AsyncGenerator<Template> {
	const { templates, connection } = templatesOf(target);
	let next: string | undefined;
	do {
		const page = await templates.page(connection, next);
		yield* page.templates;
		next = page.next;
	} while (next !== undefined);
}

/** @throws ProviderError if the account has no such template in this language */
export async function findTemplate(
	target: ProviderConnection,
	name: string,
	language: string,
): Promise<Template & { id: string }> {
	for await (const template of eachTemplate(target)) {
		const { id } = template;
		if (id !== null && template.name === name && template.language === language) return { ...template, id };
	}
	throw templateNotFound(name, ` in ${language}`);
}

export function templateNotFound(name: string, where = ''): ProviderError {
	return new ProviderError({
		class: 'template',
		what: `There is no template '${name}'${where}`,
		fix: "Choose one from the list in 'Template'",
		providerCode: 'not_found',
		httpStatus: 404,
	});
}

export function templateOutput({ raw, ...template }: Template, simplified = true): IDataObject {
	return simplified ? known(template) : plain(raw);
}

/** Whether the template can carry a code. */
export const isUsable = ({ category, status }: Template) => category === 'AUTHENTICATION' && status === 'APPROVED';
