import type { INodeProperties } from 'n8n-workflow';
import { z } from 'zod';
import { pasted } from '../../../providers';

export const to: INodeProperties = {
	displayName: 'To',
	name: 'to',
	type: 'string',
	required: true,
	default: '',
	placeholder: 'e.g. +12015553931',
	hint: 'With + and country code, such as +12015553931',
	description:
		"The person's phone number with + and country code, or in national format together with the option Default Country",
};

export const verificationId: INodeProperties = {
	displayName: 'Verification ID',
	name: 'verificationId',
	type: 'string',
	required: true,
	default: '',
	placeholder: "e.g. {{ $('Send code').item.json.verificationId }}",
	hint: 'Drag verificationId here from the output of the node that sent the code',
	description: 'It names the verification that Send started. Each code belongs to one verification.',
	builderHint: {
		propertyHint:
			"Use verificationId of the node with the operation Send: {{ $('Send code').item.json.verificationId }}. " +
			'Name that node, because a form after Send does not pass the field on.',
	},
};

const idEmpty = "'Verification ID' is empty";

export const verificationIdSchema = z
	.string({ required_error: idEmpty, invalid_type_error: "'Verification ID' must be text" })
	.transform((id) => pasted('trimmed', id))
	.pipe(z.string().min(1, idEmpty));

/**
 * Values that a web form posts, of any type. A wrong value is an input of the person and gets an output, not an error
 * for the builder (docs/reference/verification-rules.md 1.11).
 */
export const postedSchema = z.unknown();
export const postedIdSchema = z.unknown().transform((id) => (typeof id === 'string' ? pasted('trimmed', id) : ''));
