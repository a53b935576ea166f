import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { webAddress, type PageLook } from '../../../page';
import { pastedText } from '../../../providers';
import { omitUndefined } from '../../shared/omit-undefined';

/** What the builder can change of the page, in alphabetical order. */
export const lookFields: INodeProperties[] = [
	{
		displayName: 'Accent Color',
		name: 'accentColor',
		type: 'color',
		default: '#0e7c54',
		description: 'The color of the button. The page keeps its text readable.',
	},
	{
		displayName: 'Logo URL',
		name: 'logoUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/logo.png',
	},
	{
		displayName: 'Privacy URL',
		name: 'privacyUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/privacy',
		description: 'The page has a link to it',
	},
	{ displayName: 'Text', name: 'text', type: 'string', default: '', description: 'Stands below the title' },
	{ displayName: 'Title', name: 'title', type: 'string', default: '', placeholder: 'e.g. Sign in to Example' },
];

export function lookCollection(...more: INodeProperties[]): INodeProperties {
	return {
		displayName: 'Page',
		name: 'page',
		type: 'collection',
		placeholder: 'Change the page',
		default: {},
		options: [...lookFields, ...more].sort((a, b) => (a.displayName < b.displayName ? -1 : 1)),
	};
}

/** Text; an empty field means undefined. */
export const optionalText = pastedText.transform((text) => text || undefined).optional();

export const webAddressSchema = (field: string) =>
	pastedText.refine((text) => text === '' || webAddress(text) !== undefined, {
		message: `'${field}' must be an address that begins with http:// or https://`,
	});

export const lookSchema = z.object({
	title: optionalText,
	text: optionalText,
	accentColor: optionalText,
	logoUrl: webAddressSchema('Logo URL').optional(),
	privacyUrl: webAddressSchema('Privacy URL').optional(),
});

export function lookOf({ title, text, accentColor, logoUrl, privacyUrl }: z.output<typeof lookSchema>): PageLook {
	return omitUndefined({ title, text, accentColor, logoUrl, privacyUrl });
}
