import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { loadPackage } from '../support/n8n-core/packages';
import { withEnvironment } from '../support/n8n-core/process-environment';
import { builtSample, sample, sampleTrigger } from '../support/n8n-core/sample';

describe('a package', () => {
	it('gives its types by their full names', async () => {
		const { name, version, nodes, credentials } = await loadPackage(await builtSample());
		expect({ name, version }).toEqual({ name: 'n8n-nodes-harness-sample', version: '1.2.3' });
		expect(Object.keys(nodes)).toEqual([sample, sampleTrigger]);
		expect(nodes[sample]?.description.codex?.categories).toEqual(['Communication']);
		expect(credentials.sampleSessionApi?.supportedNodes).toEqual([sample]);
	});

	it.each([
		['icon', 'dist/nodes/icon.svg', "sampleApi's icon dist/nodes/icon.svg is missing"],
		['codex file', 'dist/nodes/Sample/Sample.node.json', `${sample} has no codex file`],
	])('is not whole without an %s, which n8n itself would load', async (_what, file, complaint) => {
		const folder = await builtSample();
		await rm(join(folder, file));
		await expect(loadPackage(folder)).rejects.toThrow(complaint);
	});
});

it('sets and unsets variables for as long as something runs', async () => {
	process.env.HARNESS_KEPT = 'before';
	const seen = withEnvironment({ HARNESS_KEPT: undefined, HARNESS_NEW: 'now' }, async () => {
		throw new Error(JSON.stringify([process.env.HARNESS_KEPT, process.env.HARNESS_NEW]));
	});
	await expect(seen).rejects.toThrow('[null,"now"]');
	expect([process.env.HARNESS_KEPT, process.env.HARNESS_NEW]).toEqual(['before', undefined]);
});
