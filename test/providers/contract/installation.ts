import { startInstallation, type StartedInstallation } from '../../support/installation';
import { copyCodeTemplate } from '../../support/message-samples';
import type { Subject } from '../subjects/subject';

/**
 * Starts an n8n with the package, and a sandbox, for all tests of a file. Before each test the sandbox is reset, and
 * each subject's account has an approved template.
 * @returns the installation; call it inside a test
 */
export function useInstallation(subjects: readonly Subject[]): () => StartedInstallation {
	let installation: StartedInstallation | undefined;
	const started = (): StartedInstallation => {
		if (installation === undefined) throw new Error('The installation is there only inside a test');
		return installation;
	};

	beforeAll(async () => {
		installation = await startInstallation();
	});
	afterAll(async () => {
		await installation?.stop();
	});
	beforeEach(() => {
		const { host, sandbox } = started();
		host.log.clear();
		sandbox.reset();
		const { name, language, components } = copyCodeTemplate();
		for (const { id: provider } of subjects) sandbox.setTemplate({ provider, name, language, components });
	});
	afterEach(() => jest.restoreAllMocks());

	return started;
}
