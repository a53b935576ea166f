import { solveChallenge, type Challenge, type Solution } from 'altcha-lib';
import { deriveKey } from 'altcha-lib/algorithms/pbkdf2';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { byName, type Installation } from './installation';
import type { CredentialData, PublishedTrigger } from './n8n-core';

export const signInType = 'n8n-nodes-whatsapp-otp.whatsAppOtpSignInTrigger';

export interface SignInSettings {
	/** Of the node. Pages with different ids are different pages. */
	id?: string;
	credentials?: Record<string, CredentialData>;
	parameters?: INodeParameters;
	options?: INodeParameters;
}

/** A published sign-in page without limits for one address, because all tests come from one. */
export async function publishSignIn(
	{ host, account }: Installation,
	{ id = 'sign-in', credentials, parameters, options }: SignInSettings = {},
): Promise<PublishedTrigger> {
	return await host.publish({
		trigger: {
			id,
			webhookId: id,
			type: signInType,
			typeVersion: 2,
			parameters: {
				provider: 'dialog360',
				...byName('verification_code'),
				options: { limits: { limit: { perCallerHour: 0, failedChecksPerCallerHour: 0 } }, ...options },
				...parameters,
			},
		},
		credentials: { whatsAppOtp360DialogApi: account, ...credentials },
		isTest: false,
	});
}

export interface JsonAnswer {
	status: number;
	headers: Headers;
	json: IDataObject;
}

/** The requests of a front end at the address of a page. */
export class FrontEnd {
	constructor(
		private readonly url: string,
		private readonly headers: Record<string, string> = {},
	) {}

	async challenge(): Promise<JsonAnswer> {
		return await this.request({ headers: { ...this.headers, accept: 'application/json' } });
	}

	async post(body: unknown): Promise<JsonAnswer> {
		const headers = { 'content-type': 'application/json', ...this.headers };
		return await this.request({ method: 'POST', headers, body: JSON.stringify(body) });
	}

	/** A solution of a new challenge, as the field `altcha` holds it. */
	async proof(): Promise<string> {
		const { json } = await this.challenge();
		return await solve(json.challenge as unknown as Challenge);
	}

	private async request(init: RequestInit): Promise<JsonAnswer> {
		const response = await fetch(this.url, init);
		const { status, headers } = response;
		return { status, headers, json: (await response.json()) as IDataObject };
	}
}

export async function solve(challenge: Challenge): Promise<string> {
	const solution = await solveChallenge({ challenge, deriveKey });
	if (solution === null) throw new Error('The challenge was not solved in time');
	return encodeProof({ challenge, solution });
}

export interface Proof {
	challenge: Challenge;
	solution: Solution;
}

export function encodeProof(proof: Proof): string {
	return Buffer.from(JSON.stringify(proof)).toString('base64');
}

export function decodeProof(text: string): Proof {
	return JSON.parse(Buffer.from(text, 'base64').toString()) as Proof;
}
