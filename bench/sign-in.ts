import { Agent } from 'node:http';
import axios from 'axios';
import { z } from 'zod';
import { Executions } from './support/executions';
import { inTurns, type Figure, type Sample } from './support/figure';
import { publishHandWired } from './support/hand-wired-sign-in';
import { newPhone } from './support/phones';
import type { BenchServer, Servers } from './support/servers';
import { latency } from './support/slow-provider';
import { dialog360Credential, noOperation, publishRow, signInTriggerType } from './support/workflows';

const connections = 10;
const unit = 'sign-ins/s';
const handWired = "a flow of n8n's own nodes: Webhook, Code, Data Table, HTTP Request and If";

/** All sign-ins come from one address. */
const limits = { limit: { perCallerHour: 0, failedChecksPerCallerHour: 0, totalHour: 0, totalDay: 0 } };

/** How a person signs in. */
interface SignIn {
	/** Opens the page if there is one, and requests a code. @returns what names the verification */
	begin: (phone: string) => Promise<string>;
	/** @returns whether the code was right */
	check: (verification: string, code: string) => Promise<boolean>;
}

interface SignInBench extends BenchServer {
	executions: Executions;
	ours: SignIn;
	handWired: SignIn;
}

async function withSignIns<Result>(
	server: BenchServer,
	work: (bench: SignInBench) => Promise<Result>,
): Promise<Result> {
	const agent = new Agent({ keepAlive: true, maxSockets: connections });
	const executions = new Executions(server.n8n);
	const web = axios.create({ httpAgent: agent, proxy: false, timeout: 60_000, validateStatus: () => true });
	// As a browser. A front end that accepts JSON gets no page.
	const headers = { Accept: 'text/html' };
	const post = async (address: string, body: unknown) => (await web.post<unknown>(address, body)).data;
	try {
		const page = await publishPage(server);
		const { send, check } = await publishHandWired(server);
		return await work({
			...server,
			executions,
			ours: {
				async begin(phone) {
					z.string()
						.includes('name="phone"')
						.parse((await web.get<unknown>(page, { headers })).data);
					return idIn(await post(page, new URLSearchParams({ phone })));
				},
				async check(verificationId, code) {
					const answer = z.string().parse(await post(page, new URLSearchParams({ verificationId, code })));
					return answer.includes('Your number is verified');
				},
			},
			handWired: {
				begin: async (phone) => z.object({ id: z.string() }).parse(await post(send, { phone })).id,
				check: async (id, code) => z.object({ verified: z.boolean() }).parse(await post(check, { id, code })).verified,
			},
		});
	} finally {
		executions.close();
		agent.destroy();
	}
}

async function publishPage(server: BenchServer): Promise<string> {
	const trigger = {
		name: 'Sign in',
		type: signInTriggerType,
		typeVersion: 2,
		webhookId: 'page',
		credentials: await dialog360Credential(server),
		parameters: {
			provider: 'dialog360',
			template: { __rl: true, mode: 'name', value: 'verification_code' },
			language: 'en_US',
			options: { limits, botProtection: 'none' },
		},
	};
	return await publishRow(server.n8n, 'page/sign-in', [trigger, noOperation]);
}

/** The verification that the form of the code names. */
function idIn(html: unknown): string {
	const [, id] = /name="verificationId"\s+value="([^"]*)"/.exec(z.string().parse(html)) ?? [];
	if (id === undefined) throw new Error('The page asks for no code');
	return id;
}

const wrongOf = (code: string) => code.slice(0, -1) + (code.endsWith('0') ? '1' : '0');

/** @throws if an answer is wrong, because a fast wrong answer must not count */
async function signIn({ provider }: BenchServer, { begin, check }: SignIn, wrongCodes: number): Promise<void> {
	const phone = newPhone();
	const verification = await begin(phone);
	const code = provider.takeCode(phone);
	for (let i = 0; i < wrongCodes; i += 1) {
		if (await check(verification, wrongOf(code))) throw new Error('A wrong code was accepted');
	}
	if (!(await check(verification, code))) throw new Error('The right code was refused');
}

/** Runs that many sign-ins, a few at the same time, and waits for their executions. */
async function signInMany(bench: SignInBench, kind: SignIn, count: number, wrongCodes: number): Promise<void> {
	let left = count;
	const person = async () => {
		while (left > 0) {
			left -= 1;
			await signIn(bench, kind, wrongCodes);
		}
	};
	await Promise.all(Array.from({ length: connections }, person));
	await bench.executions.ended();
}

const flow = (settings: keyof Pick<Servers, 'recommended' | 'defaults'>, rounds: number) => async (servers: Servers) =>
	withSignIns(await servers[settings](), async (bench) => {
		const count = 20;
		const turn = (kind: SignIn) => () => signInMany(bench, kind, count, 1);
		const prepare = () => ({ ours: [turn(bench.ours)], peers: [turn(bench.handWired)] });
		return await inTurns(rounds, prepare, (milliseconds) => (1000 * count) / milliseconds);
	});

const title = `Sign-ins with one wrong code each, at a provider that takes ${latency} ms`;

export const signInFlow: Figure = {
	name: 'signin.flow',
	title,
	unit,
	peer: handWired,
	bound: { atLeast: 2 },
	measure: flow('recommended', 15),
};

export const signInFlowDefaults: Figure = {
	name: 'signin.flow.defaults',
	title: `${title}, under n8n's defaults`,
	unit,
	peer: handWired,
	measure: flow('defaults', 7),
};

export const signInExecutions: Figure = {
	name: 'signin.executions',
	title: 'Executions of sign-ins with two wrong codes each',
	unit: 'executions',
	peer: 'limit: one for each sign-in',
	bound: { atMost: 1 },
	measure: async (servers) =>
		withSignIns(await servers.recommended(), async (bench): Promise<Sample[]> => {
			const count = 100;
			const before = bench.executions.started();
			await signInMany(bench, bench.ours, count, 2);
			return [{ value: bench.executions.started() - before, peerValue: count }];
		}),
};

export const signInParallel: Figure = {
	name: 'signin.parallel',
	title: 'Of 20 right codes at once, those that start the rest of the workflow',
	unit: 'codes',
	peer: handWired,
	bound: { atMost: 1 },
	measure: async (servers) =>
		withSignIns(await servers.recommended(), async (bench): Promise<Sample[]> => {
			const before = bench.executions.started();
			await checkAtOnce(bench, bench.ours);
			await bench.executions.ended();
			const value = bench.executions.started() - before;
			return [{ value, peerValue: await checkAtOnce(bench, bench.handWired) }];
		}),
};

/** Sends 20 right codes of one verification at the same time. @returns how many were accepted */
async function checkAtOnce({ provider }: SignInBench, { begin, check }: SignIn): Promise<number> {
	const phone = newPhone();
	const verification = await begin(phone);
	const code = provider.takeCode(phone);
	const answers = await Promise.all(Array.from({ length: 20 }, () => check(verification, code)));
	return answers.filter(Boolean).length;
}
