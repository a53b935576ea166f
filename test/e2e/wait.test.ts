/**
 * 'Send and Wait for Code' in a real n8n. What must hold: no item that n8n forwards without the node leaves by Verified
 * (docs/reference/verification-rules.md 1.18 and 7.27).
 */
import type { Execution } from '../../dev/n8n/executions';
import { launchN8n, type N8n } from '../../dev/n8n/launch';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { packedTarball } from '../../dev/tarball';
import { wrongCode } from '../support/installation';
import { openPlaygroundForTest, openingTime } from '../support/running-n8n';
import { headingIn, Visitor } from '../support/sign-in-visitor';

jest.setTimeout(240_000);

const variants = {
	plain: {},
	short: { options: { waitLimit: 60 } },
	disabled: { node: { disabled: true } },
	always: { node: { alwaysOutputData: true }, options: { waitLimit: 60 } },
	continued: { node: { onError: 'continueRegularOutput' }, options: { waitLimit: 60 } },
};
type Variant = keyof typeof variants;

/** A webhook that answers with the address of the page, the node, and a node behind each output. */
function workflow(variant: Variant): unknown {
	const { node, options }: { node?: object; options?: object } = variants[variant];
	const set = (name: string) => ({
		name,
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: {
			assignments: {
				assignments: [{ id: name, name: 'order', value: "={{ $('Posted').item.json.body.order }}", type: 'string' }],
			},
			includeOtherFields: true,
			options: {},
		},
	});
	const nodes = [
		{
			name: 'Posted',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			webhookId: `wait-${variant}`,
			parameters: { httpMethod: 'POST', path: `wait/${variant}`, responseMode: 'responseNode', options: {} },
		},
		{
			name: 'Address',
			type: 'n8n-nodes-base.respondToWebhook',
			typeVersion: 1.1,
			parameters: { respondWith: 'text', responseBody: '={{ $execution.resumeUrl }}', options: {} },
		},
		{
			name: 'OTP',
			type: 'n8n-nodes-whatsapp-otp.whatsAppOtp',
			typeVersion: 1,
			credentials: { whatsAppOtp360DialogApi: { id: null, name: '360dialog account' } },
			parameters: {
				provider: 'dialog360',
				resource: 'otp',
				operation: 'sendAndWaitForCode',
				to: '={{ $json.body.phone }}',
				template: { __rl: true, mode: 'name', value: 'verification_code' },
				options: { limits: { limit: { failedChecksPerCallerHour: 0 } }, ...options },
			},
			...node,
		},
		set('No'),
		set('Yes'),
	];
	const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
	return {
		name: `Wait: ${variant}`,
		nodes: nodes.map((one, index) => ({ id: `wait-${variant}-${index}`, position: [index * 200, 0], ...one })),
		connections: {
			Posted: { main: [to('Address')] },
			Address: { main: [to('OTP')] },
			OTP: { main: [to('No'), to('Yes')] },
		},
		settings: { executionOrder: 'v1' },
	};
}

let playground: Playground;
/** After the restart, the new one. */
let n8n: N8n;
const ids = new Map<Variant, string>();

beforeAll(async () => {
	playground = await openPlaygroundForTest();
	({ n8n } = playground);
	await setUpTemplateIn(playground);
	const { api } = n8n;
	const account = (await api.listCredentials()).find(({ name }) => name === '360dialog account');
	for (const variant of Object.keys(variants) as Variant[]) {
		const id = await api.ensureWorkflow(workflow(variant), {
			credentials: { whatsAppOtp360DialogApi: account?.id ?? '' },
		});
		await api.publish(id);
		ids.set(variant, id);
	}
}, openingTime);
afterAll(async () => {
	await n8n?.stop();
	await playground?.stop();
});

let phones = 0;

/** Starts an execution. @returns the page of the execution, once it waits */
async function begin(variant: Variant) {
	const to = `+1201555${3950 + (phones += 1)}`.slice(0, 12);
	const { api } = n8n;
	const address = await api.waitForWebhook(`wait/${variant}`);
	const posted = await fetch(address, {
		method: 'POST',
		body: new URLSearchParams({ phone: to, order: `order of ${to}` }),
	});
	const url = await posted.text();
	const id = new URL(url).pathname.split('/').at(-1) ?? '';
	const execution = await ended(variant, id, ['waiting', 'success', 'error']);
	return { to, url, id, execution, visitor: new Visitor(url) };
}

async function ended(variant: Variant, id: string, statuses: string[] = ['success', 'error']): Promise<Execution> {
	const isOver = (execution: Execution) => execution.id === id && statuses.includes(execution.status);
	return await n8n.api.waitForExecution(ids.get(variant) ?? '', isOver, 150_000);
}

async function codeFor(to: string): Promise<string> {
	const [message] = await playground.sandbox.waitForMessages({ to });
	return message?.code ?? '';
}

const ends = ({ status, nodes }: Execution) => ({
	status,
	no: nodes.No?.map(({ outputs }) => outputs[0]),
	yes: nodes.Yes?.map(({ outputs }) => outputs[0]),
});

it('shows the page, and goes on by Verified once, with the item of the check and its pair', async () => {
	const { to, id, url, visitor, execution } = await begin('plain');
	expect(execution.status).toBe('waiting');
	const code = await codeFor(to);
	expect(headingIn(await visitor.open())).toBe('Enter the code');
	expect(headingIn(await visitor.post({ code: wrongCode(code) }))).toBe('Enter the code');
	expect((await fetch(url.replace(/.{4}$/, 'aaaa'))).status).toBe(401);
	const visits = await Promise.all(Array.from({ length: 10 }, () => visitor.post({ code })));
	expect(visits.filter((visit) => headingIn(visit) === 'Your number is verified')).toHaveLength(1);
	expect(ends(await ended('plain', id))).toMatchObject({
		status: 'success',
		no: undefined,
		yes: [[{ result: 'approved', verified: true, to, order: `order of ${to}` }]],
	});
	expect((await visitor.open()).status).toBe(409);
});

it('goes on by Not Verified after too many wrong codes', async () => {
	const { to, id, visitor } = await begin('plain');
	const code = await codeFor(to);
	for (let i = 0; i < 5; i += 1) await visitor.post({ code: wrongCode(code) });
	expect(ends(await ended('plain', id))).toMatchObject({ no: [[{ result: 'locked' }]], yes: undefined });
});

it('sends nothing and leaves by Not Verified if the builder disabled it', async () => {
	const { to, id } = await begin('disabled');
	const { no, yes } = ends(await ended('disabled', id));
	expect([no?.length, yes]).toEqual([1, undefined]);
	expect(playground.sandbox.messages({ to })).toEqual([]);
});

it('survives a restart of n8n, and leaves by Not Verified at the end of the wait', async () => {
	const [lasting, ...ending] = [
		await begin('plain'),
		await begin('short'),
		await begin('always'),
		await begin('continued'),
	];
	await n8n.stop();
	const { dataFolder, url } = n8n;
	n8n = await launchN8n({ dataFolder, packageTarball: packedTarball(), port: Number(new URL(url).port) });
	expect(headingIn(await lasting.visitor.open())).toBe('Enter the code');
	await lasting.visitor.post({ code: await codeFor(lasting.to) });
	expect(ends(await ended('plain', lasting.id))).toMatchObject({ yes: [[{ result: 'approved', to: lasting.to }]] });
	for (const [index, variant] of (['short', 'always', 'continued'] as const).entries()) {
		const { id = '', to = '' } = ending[index] ?? {};
		expect(ends(await ended(variant, id))).toMatchObject({
			status: 'success',
			no: [[{ result: 'expired', verified: false, order: `order of ${to}` }]],
			yes: undefined,
		});
	}
});
