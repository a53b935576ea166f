import { randomUUID } from 'crypto';
import { LoggerProxy, type IDataObject, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';
import { chooseLanguage, pageLanguage, pageLanguages, readPost } from '../../../page';
import { readCachedCredential } from '../../shared/credentials';
import { openEngineCached } from '../../shared/engine';
import { omitUndefined } from '../../shared/omit-undefined';
import { connectionWith, type ProviderConnection } from '../../shared/provider-connection';
import { isAllowed, isForeign } from '../../WhatsAppOtp/code-page/origin';
import { rawBody, respond, respondPage } from '../../WhatsAppOtp/code-page/respond';
import { plain } from '../../WhatsAppOtp/outputs';
import { createPace } from '../../WhatsAppOtp/sending/pacing';
import { protectionOf } from '../bots/protection';
import { openTurnstile } from '../bots/turnstile';
import { languageFor } from '../languages';
import { signInParameters, type SignInParameters } from '../parameters';
import { verificationCookie, verificationIn } from './cookie';
import { answerAfterRun } from './last-node';
import { enteredNextStep, type NextStep } from './next-step';
import { answer, show, type Outcome, type SignIn } from './steps';
import { challengeJson, toJson } from './to-json';
import { doneView, toPage } from './to-page';
import { tokenSigner } from './token';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

/**
 * Answers each request to the address of the page. Only the request whose code is right starts a run. If the store does
 * not answer, the page says that it is unavailable, and nothing is approved.
 */
export async function serve(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = host.getRequestObject();
	const isJson = readPost(request.headers['content-type'], undefined).format === 'json';
	try {
		const parameters = signInParameters(host);
		if (request.method !== 'POST') return await showPage(host, parameters);
		const origins = isJson ? parameters.options.allowedOrigins : [];
		if (isForeign(request.headers) && !isAllowed(request.headers, origins)) {
			return respondJson(host, 403, { result: 'refused', reason: 'This website may not use the address' });
		}
		return await receivePost(host, parameters);
	} catch (error) {
		const reason = error instanceof Error ? error.message : 'The store did not answer';
		LoggerProxy.error(`WhatsApp OTP Sign-In Trigger: ${reason}`);
		if (isJson) return respondJson(host, 503, { result: 'unavailable' });
		const language = chooseLanguage(request.headers['accept-language'], ['en', ...pageLanguages]);
		return respondPage(host, { step: 'unavailable', language }, 503);
	}
}

async function showPage(host: IWebhookFunctions, parameters: SignInParameters): Promise<IWebhookResponseData> {
	const request = host.getRequestObject();
	const ownId = verificationIn(request);
	const signIn = await openSignIn(host, parameters, ownId);
	if (wantsJson(request)) return respondJson(host, 200, challengeJson(await protectionOf(signIn)), parameters);
	const page = await toPage(signIn, await show(signIn));
	if (ownId === undefined) {
		const cookie = verificationCookie(request, randomUUID(), 'pending');
		host.getResponseObject().setHeader('Set-Cookie', cookie);
	}
	return respondPage(host, page);
}

/** Browsers that open a page accept HTML, too. */
function wantsJson({ headers: { accept = '' } }: Request): boolean {
	return accept.includes('application/json') && !accept.includes('text/html');
}

async function receivePost(host: IWebhookFunctions, parameters: SignInParameters): Promise<IWebhookResponseData> {
	const request = host.getRequestObject();
	const post = readPost(request.headers['content-type'], await rawBody(request));
	if (post.action === 'refuse') {
		return respondJson(host, post.status, { result: 'refused', reason: post.reason }, parameters);
	}
	const isJson = post.format === 'json';
	// A front end names its verification itself. The cookie is for the page.
	if (isJson && post.action !== 'send' && (post.action === 'restart' || !post.verificationId)) {
		const reason = "Send 'phone', or 'verificationId' with 'code' or 'resend'";
		return respondJson(host, 400, { result: 'refused', reason }, parameters);
	}
	const signIn = await openSignIn(host, parameters, isJson ? undefined : verificationIn(request), isJson);
	const signer = post.action === 'verify' ? await tokenSigner(host, parameters) : undefined;
	const outcome = await answer(signIn, post);
	if (!isJson) setCookie(host, outcome);
	if (outcome.approved !== undefined) {
		const token = await signer?.({ ...outcome.approved, purpose: parameters.sendOptions.purpose });
		return respondToApproved(host, signIn, outcome, omitUndefined({ isJson, token }));
	}
	if (!isJson) return respondPage(host, await toPage(signIn, outcome));
	const { status, json } = toJson(outcome);
	return respondJson(host, status, json, parameters);
}

/** Starts the run, and answers before it or after it. */
function respondToApproved(
	host: IWebhookFunctions,
	signIn: SignIn,
	outcome: Outcome,
	{ isJson, ...token }: { isJson: boolean; token?: string },
): IWebhookResponseData {
	const { parameters } = signIn;
	const reply = (step: NextStep): IWebhookResponseData => {
		const next = { ...step, ...token };
		if (!isJson) return respondPage(host, doneView(signIn, next));
		const { status, json } = toJson(outcome, next);
		return respondJson(host, status, json, parameters);
	};
	const run = runOf(host.getRequestObject(), signIn, outcome);
	if (parameters.respond !== 'lastNode') return { ...run, ...reply(enteredNextStep(parameters)) };
	answerAfterRun(host, reply);
	return run;
}

async function openSignIn(
	host: IWebhookFunctions,
	parameters: SignInParameters,
	ownId: string | undefined,
	isFrontEnd = false,
): Promise<SignIn> {
	const { node, options } = parameters;
	const request = host.getRequestObject();
	let connecting: Promise<ProviderConnection> | undefined;
	const connect = () => (connecting ??= connectCached(host, parameters));
	const pace = createPace(
		{ messagesPerSecond: () => options.messagesPerSecond, getExecutionCancelSignal: () => undefined },
		connect,
	);
	return {
		parameters,
		workflowId: host.getWorkflow().id ?? '',
		isFrontEnd,
		turnstile: () => openTurnstile(host, node),
		engine: await openEngineCached(host, node),
		connect,
		pace,
		language: await languageFor(parameters, connect, request.headers['accept-language']),
		// As n8n's proxy settings give it. Callers without an address count as one.
		clientIp: request.ip ?? '',
		ownId,
	};
}

async function connectCached(
	host: IWebhookFunctions,
	{ node, provider }: SignInParameters,
): Promise<ProviderConnection> {
	const credential = await readCachedCredential(host, node, provider.credential);
	const credentialId = node.credentials?.[provider.credential]?.id ?? '';
	return { provider, connection: connectionWith(host, provider, credential), credentialId };
}

/** The one run of a verification: the store approves a code once. */
function runOf({ query }: Request, { parameters, language }: SignIn, { approved }: Outcome): IWebhookResponseData {
	if (approved === undefined) return {};
	const json: IDataObject = {
		...approved,
		purpose: parameters.sendOptions.purpose,
		provider: parameters.provider.id,
		language: pageLanguage(language),
		query: plain({ ...query }),
	};
	return { workflowData: [[{ json }]] };
}

/** After 'wrong number' the cookie stays, so that the same number leads back to the code. */
function setCookie(host: IWebhookFunctions, { approved, verification }: Outcome): void {
	const id = approved?.verificationId ?? verification?.verificationId;
	if (id === undefined) return;
	const state = approved === undefined ? 'pending' : 'done';
	const cookie = verificationCookie(host.getRequestObject(), id, state);
	host.getResponseObject().setHeader('Set-Cookie', cookie);
}

function respondJson(
	host: IWebhookFunctions,
	status: number,
	json: IDataObject,
	parameters?: SignInParameters,
): IWebhookResponseData {
	const request = host.getRequestObject();
	const headers: Record<string, string> = {
		'Content-Type': 'application/json; charset=utf-8',
		'Cache-Control': 'no-store',
		'X-Content-Type-Options': 'nosniff',
	};
	if (typeof json.retryAfterSeconds === 'number') headers['Retry-After'] = String(json.retryAfterSeconds);
	if (parameters !== undefined && isAllowed(request.headers, parameters.options.allowedOrigins)) {
		headers['Access-Control-Allow-Origin'] = request.headers.origin ?? '';
		headers['Access-Control-Expose-Headers'] = 'Retry-After';
		headers.Vary = 'Origin';
	}
	return respond(host, status, headers, JSON.stringify(json));
}
