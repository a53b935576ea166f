import type { z } from 'zod';
import { lookCollection, lookSchema, optionalText, webAddressSchema } from '../code-page/look';

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
