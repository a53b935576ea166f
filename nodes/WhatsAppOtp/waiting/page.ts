import type { INodeProperties } from 'n8n-workflow';
import type { z } from 'zod';
import { lookCollection, lookSchema, optionalText, webAddressSchema } from '../code-page/look';

/** The panel shows the description of an operation only in the list of operations. */
export const addressNotice: INodeProperties = {
	displayName:
		'The page is at $execution.resumeUrl. A node before this one must give this address to the person. ' +
		'Needs n8n 2.39 or later.',
	name: 'addressNotice',
	type: 'notice',
	default: '',
};

/** How the page looks, and what it says or opens after the right code. */
export const pageProperty = lookCollection(
	{
		displayName: 'Message',
		name: 'message',
		type: 'string',
		default: '',
		description: 'What the page says after the right code',
	},
	{
		displayName: 'Redirect URL',
		name: 'redirectUrl',
		type: 'string',
		default: '',
		placeholder: 'e.g. https://example.com/thank-you',
		description: 'What the page opens after the right code. The address proves nothing: anyone can open it.',
	},
);

export const waitPageSchema = lookSchema
	.extend({ message: optionalText, redirectUrl: webAddressSchema('Redirect URL').optional() })
	.default({});

export type WaitPage = z.output<typeof waitPageSchema>;
