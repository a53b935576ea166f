/**
 * 'Send and Wait for Code' in a real n8n. What must hold: no item that n8n forwards without the node leaves by Verified
 * (docs/reference/verification-rules.md 1.18 and 7.27).
 */
import { launchN8n, type N8n } from '../../dev/n8n/launch';
import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { packedTarball } from '../../dev/tarball';
import { wrongCode } from '../support/installation';
import { codeOnPhone, openingTime, openPlaygroundForTest } from '../support/running-n8n';
import { headingIn } from '../support/sign-in-visitor';
import { beginWait, endsOf, waitingWorkflow } from '../support/waiting-workflow';

const variants = {
	plain: {},
	short: { options: { waitLimit: 60 } },
	disabled: { node: { disabled: true } },
	always: { node: { alwaysOutputData: true }, options: { waitLimit: 60 } },
	continued: { node: { onError: 'continueRegularOutput' }, options: { waitLimit: 60 } },
};
type Variant = keyof typeof variants;

const nameOf = (variant: Variant) => `wait-${variant}`;

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
		const workflow = waitingWorkflow({ name: nameOf(variant), ...variants[variant] });
		const id = await api.ensureWorkflow(workflow, {
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

/** Starts an execution, and comes to its page as the person. */
async function begin(variant: Variant) {
	const to = `+1201555${3950 + (phones += 1)}`.slice(0, 12);
	const workflow = { name: nameOf(variant), id: ids.get(variant) ?? '' };
	return { to, ...(await beginWait(n8n.api, workflow, { phone: to, order: `order of ${to}` })) };
}

const codeFor = (to: string) => codeOnPhone(playground, to);

it('shows the page, and goes on by Verified once, with the item of the check and its pair', async () => {
	const { to, url, visitor, execution, ended } = await begin('plain');
	expect(execution.status).toBe('waiting');
	const code = await codeFor(to);
	expect(headingIn(await visitor.open())).toBe('Enter the code');
	expect(headingIn(await visitor.post({ code: wrongCode(code) }))).toBe('Enter the code');
	expect((await fetch(url.replace(/.{4}$/, 'aaaa'))).status).toBe(401);
	const visits = await Promise.all(Array.from({ length: 10 }, () => visitor.post({ code })));
	expect(visits.filter((visit) => headingIn(visit) === 'Your number is verified')).toHaveLength(1);
	expect(endsOf(await ended())).toMatchObject({
		status: 'success',
		no: undefined,
		yes: [[{ result: 'approved', verified: true, to, order: `order of ${to}` }]],
	});
	expect((await visitor.open()).status).toBe(409);
});

it('goes on by Not Verified after too many wrong codes', async () => {
	const { to, visitor, ended } = await begin('plain');
	const code = await codeFor(to);
	for (let i = 0; i < 5; i += 1) await visitor.post({ code: wrongCode(code) });
	expect(endsOf(await ended())).toMatchObject({ no: [[{ result: 'locked' }]], yes: undefined });
});

it('sends nothing and leaves by Not Verified if the builder disabled it', async () => {
	const { to, ended } = await begin('disabled');
	const { no, yes } = endsOf(await ended());
	expect([no?.length, yes]).toEqual([1, undefined]);
	expect(playground.sandbox.messages({ to })).toEqual([]);
});

it('survives a restart of n8n, and leaves by Not Verified at the end of the wait', async () => {
	const lasting = await begin('plain');
	const ending = [await begin('short'), await begin('always'), await begin('continued')];
	await n8n.stop();
	const { dataFolder, url } = n8n;
	n8n = await launchN8n({ dataFolder, packageTarball: packedTarball(), port: Number(new URL(url).port) });
	expect(headingIn(await lasting.visitor.open())).toBe('Enter the code');
	await lasting.visitor.post({ code: await codeFor(lasting.to) });
	expect(endsOf(await lasting.ended())).toMatchObject({ yes: [[{ result: 'approved', to: lasting.to }]] });
	for (const { ended, to } of ending) {
		expect(endsOf(await ended())).toMatchObject({
			status: 'success',
			no: [[{ result: 'expired', verified: false, order: `order of ${to}` }]],
			yes: undefined,
		});
	}
});
