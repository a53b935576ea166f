import { LoggerProxy, type IDataObject, type IWebhookFunctions, type IWebhookResponseData } from 'n8n-workflow';
import { chooseLanguage, pageLanguages, readPost, type PageRequest, type PageView } from '../../../page';
import { findProvider } from '../../../providers';
import { resultOfEnded } from '../../../verification';
import { openEngine } from '../../shared/engine';
import { omitUndefined } from '../../shared/omit-undefined';
import { connectProvider, type ProviderConnection } from '../../shared/provider-connection';
import {
	checkCode,
	findEntry,
	resendCode,
	type CheckedEntry,
	type CodeEntry,
	type EntryOutcome,
} from '../code-page/code-entry';
import { codeView } from '../code-page/code-view';
import { lookOf } from '../code-page/look';
import { isForeign } from '../code-page/origin';
import { rawBody, respond, respondPage } from '../code-page/respond';
import { checkOutput } from '../outputs';
import { createPace } from '../sending/pacing';
import { readWait, type KeptWait } from './kept';
import { waitReasons } from './reasons';

interface Outcome extends EntryOutcome, Pick<CheckedEntry, 'approved' | 'checked'> {
	action: 'show' | PageRequest['action'];
}

/**
 * Answers the requests to the page of a waiting execution. Only a post resumes it: by Verified with the right code, by
 * Not Verified after the end of the verification. It never throws, because n8n would then go on with an empty item.
 */
export async function serveWait(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const request = host.getRequestObject();
	try {
		if (request.method !== 'POST') return await showPage(host);
		if (isForeign(request.headers)) return refuse(host, 403, 'This website may not use the address');
		const post = readPost(request.headers['content-type'], await rawBody(request));
		if (post.action === 'refuse') return refuse(host, post.status, post.reason);
		if (post.format === 'json') return refuse(host, 415, 'Send application/x-www-form-urlencoded');
		return await receivePost(host, post);
	} catch (error) {
		const reason = error instanceof Error ? error.message : 'The store did not answer';
		LoggerProxy.error(`WhatsApp OTP, page of a waiting execution: ${reason}`);
		const language = chooseLanguage(request.headers['accept-language'], ['en', ...pageLanguages]);
		return respondPage(host, { step: 'unavailable', language }, 503);
	}
}

async function showPage(host: IWebhookFunctions): Promise<IWebhookResponseData> {
	const wait = readWait(host);
	const entry = await openEntry(host, wait);
	const verification = await findEntry(entry, wait.verificationId);
	const result = verification?.status ?? 'not_found';
	return respondPage(host, toPage(wait, omitUndefined({ action: 'show' as const, result, verification })));
}

async function receivePost(host: IWebhookFunctions, post: PageRequest): Promise<IWebhookResponseData> {
	const wait = readWait(host);
	const entry = await openEntry(host, wait);
	const outcome = await answer(entry, wait, post);
	return { ...respondPage(host, toPage(wait, outcome)), ...resumption(wait, outcome) };
}

/** What the request names is ignored: the page is about one verification. */
async function answer(entry: CodeEntry, { verificationId }: KeptWait, post: PageRequest): Promise<Outcome> {
	if (post.action === 'verify') return await checkCode(entry, verificationId, post.code);
	if (post.action === 'resend') return await resendCode(entry, verificationId);
	const verification = await findEntry(entry, verificationId);
	const result = verification?.status ?? 'not_found';
	return omitUndefined({ action: 'show' as const, result, verification });
}

async function openEntry(host: IWebhookFunctions, wait: KeptWait): Promise<CodeEntry> {
	const { template, language, options, messagesPerSecond } = wait;
	const provider = findProvider(wait.provider);
	if (provider === undefined) throw new Error('The provider is unknown');
	let connecting: Promise<ProviderConnection> | undefined;
	const connect = () => (connecting ??= connectProvider(host, provider));
	const paceSource = { messagesPerSecond: () => messagesPerSecond, getExecutionCancelSignal: () => undefined };
	return {
		parameters: {
			provider,
			template,
			sendOptions: { ...options, allowedCountries: [], testNumbers: [], waitForDelivery: 0 },
		},
		engine: await openEngine(host),
		connect,
		pace: createPace(paceSource, connect),
		language,
		clientIp: host.getRequestObject().ip ?? '',
	};
}

function toPage({ page, language, options }: KeptWait, outcome: Outcome): PageView {
	const shown = { language, look: lookOf(page) };
	const { message, redirectUrl } = page;
	const { verification } = outcome;
	if (outcome.approved) return { ...shown, step: 'done', ...omitUndefined({ message, redirectUrl }) };
	if (verification?.status === 'pending') {
		const code = codeView({ ...shown, canChangeNumber: false }, options, verification, outcome);
		// The page posts to an address that stands for one verification.
		return omitUndefined({ ...code, verificationId: undefined });
	}
	const reason = verification === undefined ? 'not_found' : resultOfEnded[verification.status];
	return { ...shown, step: 'ended', reason, canRestart: false };
}

/** The items by output: Not Verified, Verified. Without items, the execution goes on waiting. */
function resumption({ options }: KeptWait, outcome: Outcome): Pick<IWebhookResponseData, 'workflowData'> {
	const item = itemOf(options.purpose, outcome);
	if (item === undefined) return {};
	const items = [{ json: item }];
	return { workflowData: outcome.approved ? [[], items] : [items, []] };
}

function itemOf(purpose: string, { approved, checked, verification }: Outcome): IDataObject | undefined {
	if (approved !== undefined) return checked && checkOutput(checked, purpose);
	// An approved one belongs to the request that is resuming the execution now.
	if (verification?.status === 'pending' || verification?.status === 'approved') return undefined;
	const result = verification === undefined ? 'not_found' : resultOfEnded[verification.status];
	return checkOutput(omitUndefined({ result, verification, reason: waitReasons[result] }), purpose);
}

function refuse(host: IWebhookFunctions, status: number, reason: string): IWebhookResponseData {
	return respond(host, status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }, reason);
}
