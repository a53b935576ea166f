import { globSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ICredentialType, INodeProperties } from 'n8n-workflow';
import { WhatsAppOtp1MsgApi } from '../../credentials/WhatsAppOtp1MsgApi.credentials';
import { WhatsAppOtp360DialogApi } from '../../credentials/WhatsAppOtp360DialogApi.credentials';
import { WhatsAppOtpMetaCloudApi } from '../../credentials/WhatsAppOtpMetaCloudApi.credentials';
import { WhatsAppOtpOnPremisesApi } from '../../credentials/WhatsAppOtpOnPremisesApi.credentials';
import { WhatsAppOtpSignInTokenApi } from '../../credentials/WhatsAppOtpSignInTokenApi.credentials';
import { WhatsAppOtpStoreApi } from '../../credentials/WhatsAppOtpStoreApi.credentials';
import { WhatsAppOtpTurnstileApi } from '../../credentials/WhatsAppOtpTurnstileApi.credentials';
import { WhatsAppOtpWaCrApi } from '../../credentials/WhatsAppOtpWaCrApi.credentials';
import manifest from '../../package.json';
import { slugOf } from './citations';

const root = resolve(__dirname, '../..');
const guide = readFileSync(join(root, 'docs/credentials.md'), 'utf8');
const repository = manifest.repository.url.replace(/^git\+|\.git$/g, '');

const credentials: ICredentialType[] = [
	new WhatsAppOtp1MsgApi(),
	new WhatsAppOtp360DialogApi(),
	new WhatsAppOtpMetaCloudApi(),
	new WhatsAppOtpOnPremisesApi(),
	new WhatsAppOtpSignInTokenApi(),
	new WhatsAppOtpStoreApi(),
	new WhatsAppOtpTurnstileApi(),
	new WhatsAppOtpWaCrApi(),
];

/** The sections of the guide by the anchor of their heading. */
const sections = new Map(
	guide.split(/^## /m).map((section) => [slugOf(section.split('\n')[0] ?? ''), section] as const),
);

const sectionOf = ({ documentationUrl = '' }: ICredentialType) => sections.get(documentationUrl.split('#')[1] ?? '');

/** The names of the menu entries in a path of clicks, such as 'Users > System Users'. */
const clicks = ({ displayName }: INodeProperties) =>
	[...displayName.matchAll(/([\w ]+) > /g)].map(([, name = '']) => name.replace(/^.*\bopen /, '').trim());

test('the list has every credential of the package', () => {
	const files = globSync('credentials/*.ts', { cwd: root }).map((file) => basename(file, '.credentials.ts'));
	expect(credentials.map((credential) => credential.constructor.name)).toEqual(files.sort());
});

describe.each(credentials.map((credential) => [credential.displayName, credential] as const))('%s', (_, credential) => {
	it('opens its own section of the guide', () => {
		expect(credential.documentationUrl).toMatch(new RegExp(`^${repository}/blob/main/docs/credentials\\.md#`));
		expect(sectionOf(credential)).toBeDefined();
	});

	it('has a section that names every required field', () => {
		const required = credential.properties.filter(({ required: isRequired, displayOptions }) => {
			return isRequired === true && displayOptions === undefined;
		});
		expect(required.length).toBeGreaterThan(0);
		const section = sectionOf(credential) ?? '';
		expect(required.filter(({ displayName }) => !section.includes(displayName))).toEqual([]);
	});

	it('names no click that the section does not name', () => {
		const notices = credential.properties.filter(({ name }) => name === 'whereToFind');
		const section = sectionOf(credential) ?? '';
		expect(notices.flatMap(clicks).filter((name) => !section.includes(name))).toEqual([]);
	});

	it('has a hint that is always visible', () => {
		expect(credential.properties.some(({ hint }) => hint !== undefined && hint !== '')).toBe(true);
	});
});

test('the notices of the providers name paths of clicks', () => {
	const paths = credentials.flatMap(({ properties }) => properties).filter(({ name }) => name === 'whereToFind');
	expect(paths.flatMap(clicks).length).toBeGreaterThan(4);
});
