import { setUpTemplateIn, type Playground } from '../../dev/playground';
import { startChatModel, type ChatModel } from './chat-model';
import { openPlaygroundForTest } from './running-n8n';

export interface AgentPlayground {
	model: ChatModel;
	playground: Playground;
	/** Ids by type: of the chat model and of 360dialog. */
	credentials: Record<string, string>;
	stop(): Promise<void>;
}

/** A real n8n whose agents ask a chat model on loopback. */
export async function openAgentPlayground(): Promise<AgentPlayground> {
	const model = await startChatModel();
	try {
		const playground = await openPlaygroundForTest();
		await setUpTemplateIn(playground);
		const { api } = playground.n8n;
		const data = { apiKey: 'a key for the test', url: model.url, header: false };
		const openAiApi = await api.ensureCredential({ name: 'Chat model', type: 'openAiApi', data });
		const account = (await api.listCredentials()).find(({ name }) => name === '360dialog account');
		const credentials = { openAiApi, whatsAppOtp360DialogApi: account?.id ?? '' };
		const stop = async () => {
			await playground.stop();
			await model.stop();
		};
		return { model, playground, credentials, stop };
	} catch (error) {
		await model.stop();
		throw error;
	}
}
