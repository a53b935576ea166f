import { parse } from 'node:querystring';
import type { WebRequest } from './web-messages';

const parsedByNewNodes = /^(?:application\/json|text\/plain|application\/x-www-form-urlencoded)|[/+]xml$/;

/**
 * Reads and parses a webhook's body as n8n does: for nodes of version 2 and up, only types that it can parse.
 * @returns false if the body does not match the type in its header. n8n then answers 422
 */
export async function readBody(request: WebRequest, nodeVersion: number): Promise<boolean> {
	const { contentType = '' } = request;
	if (contentType.startsWith('multipart/')) throw new Error('This test host can not read multipart bodies');
	if (nodeVersion > 1 && !parsedByNewNodes.test(contentType)) return true;
	await request.readRawBody();
	const text = request.rawBody.toString(request.encoding).replace(/^\ufeff/, '');
	if (text === '') return true;
	if (contentType === 'application/json') return parseJson(text, request);
	if (contentType === 'application/x-www-form-urlencoded') request.body = parse(text);
	if (contentType === 'text/plain') request.body = text;
	return true;
}

function parseJson(text: string, request: WebRequest): boolean {
	try {
		request.body = JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
