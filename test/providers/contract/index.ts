import type { Installation } from '../../support/installation';
import type { Subject } from '../subjects/subject';
import { credentials } from './credentials';
import { useInstallation } from './installation';
import { lostAnswers } from './lost-answers';
import { newTemplates } from './new-templates';
import { nodesOf, type Nodes } from './nodes';
import { oddAnswers } from './odd-answers';
import { refusals } from './refusals';
import { sends } from './sends';
import { templates } from './templates';
import { webhookEvents } from './webhook-events';
import { webhookRegistration } from './webhook-registration';

/**
 * What holds for every provider, in a real n8n, against the sandbox. A provider's test file calls it with its subject,
 * and adds what is special.
 * @param installation shared by the subjects of a file; started for this subject alone unless given
 * @returns the nodes, for the tests of the same file
 */
export function providerContract(
	subject: Subject,
	installation: () => Installation = useInstallation([subject]),
): Nodes {
	const nodes = nodesOf(subject, installation);

	describe(subject.name, () => {
		describe('The credential', () => credentials(subject, nodes));
		describe('A send', () => sends(subject, nodes));
		describe('A refusal', () => refusals(subject, nodes));
		describe('An odd answer', () => oddAnswers(subject, nodes));
		describe('A lost answer', () => lostAnswers(subject, nodes));
		describe('Templates', () => templates(subject, nodes));
		if (subject.templates.operations.includes('create')) describe('A new template', () => newTemplates(subject, nodes));
		const { provider, webhook } = subject;
		if (webhook !== undefined) {
			describe('The webhook registration', () => webhookRegistration(subject, nodes));
			describe('Webhook events', () => webhookEvents(provider, webhook));
		}
	});
	return nodes;
}
