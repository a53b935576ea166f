import { approveTemplate, useInstallation } from '../../support/installation';
import { copyCodeTemplate } from '../../support/message-samples';
import { drafts } from './cases/drafts';
import { lostAnswers, unreachable } from './cases/lost-answers';
import { odd, refusals } from './cases/refusals';
import { sends } from './cases/sends';
import { templates } from './cases/templates';
import { nodesOf } from './nodes';
import { subjects } from './subjects';

const installation = useInstallation({});

beforeEach(() => {
	const { host, sandbox } = installation;
	host.log.clear();
	approveTemplate(sandbox);
	const { name, language, components } = copyCodeTemplate();
	for (const { id: provider } of subjects) sandbox.setTemplate({ provider, name, language, components });
});
afterEach(() => jest.restoreAllMocks());

describe.each(subjects)('$name', (subject) => {
	const nodes = nodesOf(subject, () => installation);

	describe('a send', () => sends(subject, nodes));
	describe('refusals', () => refusals(subject, nodes));
	describe('an odd answer', () => odd(subject, nodes));
	describe('a lost answer', () => lostAnswers(subject, nodes));
	describe('an address without a server', () => unreachable(nodes));
	describe('templates', () => templates(subject, nodes));
	if (subject.templates.includes('create')) describe('a new template', () => drafts(subject, nodes));
});
