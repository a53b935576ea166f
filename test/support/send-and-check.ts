import type { GenericValue, IDataObject, INodeParameters } from 'n8n-workflow';
import { codeOn, newPhone, sending, verifying, wrongCode, type Installation } from './installation';

/** A code on a phone. */
export interface Sent {
	[key: string]: GenericValue;
	to: string;
	verificationId: GenericValue;
	code: string;
	/** Another code of the same shape. */
	wrong: string;
}

/** Sends one code, with these parameters of the node added to the defaults. */
export async function sendCode(
	{ run, sandbox }: Installation,
	parameters: INodeParameters = {},
	to = newPhone(),
): Promise<Sent> {
	const { json } = await run(sending(parameters), { input: [{ to }] });
	const code = codeOn(sandbox, to);
	return { to, verificationId: json[1]?.[0]?.verificationId, code, wrong: wrongCode(code) };
}

/** Checks the id and code of one item. @returns the item, and the name of the output that it left by */
export async function checkCode({ run }: Installation, item: IDataObject, parameters: INodeParameters = {}) {
	const { json, status, error } = await run(verifying(parameters), { input: [item] });
	expect({ status, error }).toEqual({ status: 'success' });
	const [notVerified = [], verified = []] = json;
	expect([...verified, ...notVerified]).toHaveLength(1);
	return { output: verified.length > 0 ? 'Verified' : 'Not Verified', ...(verified[0] ?? notVerified[0]) };
}
