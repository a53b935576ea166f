import type { INodeTypeDescription } from 'n8n-workflow';
import { operations } from '../../nodes/WhatsAppOtp/operations';
import { WhatsAppOtp } from '../../nodes/WhatsAppOtp/WhatsAppOtp.node';
import { WhatsAppOtpSignInTrigger } from '../../nodes/WhatsAppOtpSignInTrigger/WhatsAppOtpSignInTrigger.node';
import { WhatsAppOtpTrigger } from '../../nodes/WhatsAppOtpTrigger/WhatsAppOtpTrigger.node';
import manifest from '../../package.json';

const action = new WhatsAppOtp().description;
const nodes = [action, new WhatsAppOtpTrigger().description, new WhatsAppOtpSignInTrigger().description];
const ownTypes = nodes.map(({ name }) => `${manifest.name}.${name}`);

const hintOf = ({ builderHint }: INodeTypeDescription) => builderHint?.searchHint ?? '';
const wordsIn = (sentence: string) => sentence.split(/\s+/).length;

describe.each(nodes.map((node) => [node.displayName, node] as const))('The hint for AI builders of %s', (_, node) => {
	it('has sentences of at most 20 words', () => {
		const sentences = hintOf(node).split(/(?<=\.) /);
		expect(sentences.length).toBeGreaterThan(2);
		expect(sentences.filter((sentence) => wordsIn(sentence) > 20)).toEqual([]);
	});

	it('names the other nodes of the package by their types', () => {
		const related = (node.builderHint?.relatedNodes ?? []).map(({ nodeType }) => nodeType);
		const others = ownTypes.filter((type) => type !== `${manifest.name}.${node.name}`);
		expect(related.filter((type) => type.startsWith(manifest.name)).sort()).toEqual(others.sort());
	});
});

test.each(['send', 'verify'])('the hint names the outputs of %s in their order', (value) => {
	const operation = operations.find((each) => each.resource === 'otp' && each.value === value);
	const [no = '', yes = ''] = operation?.outputs ?? [];
	expect(hintOf(action)).toContain(`${operation?.name}: output 0 is ${no}, output 1 is ${yes}.`);
});

test.each(['verificationId', 'code'])('Verify says where the value of %s comes from', (field) => {
	const shown = action.properties.filter(
		({ name, displayOptions }) => name === field && displayOptions?.show?.operation?.includes('verify') === true,
	);
	expect(shown).toHaveLength(1);
	expect(shown[0]?.builderHint?.propertyHint).toMatch(/\bSend\b/);
});
