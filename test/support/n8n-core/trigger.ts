import { EventEmitter, once } from 'node:events';
import { HookContext } from 'n8n-core';
import {
	deepCopy,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type WebhookSetupMethodNames,
	type WorkflowActivateMode,
	type WebhookType,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { additionalDataOf } from './additional-data';
import { newExecution, proceed } from './execution';
import type { HostParts } from './host-parts';
import { staticDataOf, type RunResult } from './result';
import { startingAt } from './run';
import { startTrigger } from './running-trigger';
import type { WebRequest, WebResponse } from './web-messages';
import { answerWebhook, webhooksOf, type WebhookAnswer } from './webhook';
import { buildWorkflow, newWorkflowId, saveAll, type NodeSpec, type WorkflowSpec } from './workflow';

export interface TriggerSpec extends Pick<WorkflowSpec, 'id' | 'name' | 'connections' | 'credentials' | 'settings'> {
	/** Its name is `Trigger` by default. */
	trigger: Omit<NodeSpec, 'name'> & { name?: string };
	/** The nodes after it. */
	nodes?: NodeSpec[];
	/** The static data of the trigger. */
	staticData?: IDataObject;
	/** For test events of the editor. These have another address, and no static data is saved. */
	isTest?: boolean;
	/** The address that n8n would make from WEBHOOK_URL, in place of the test server's. */
	webhookBaseUrl?: string;
}

/** The result of one call of a webhook. */
export interface WebhookOutcome extends WebhookAnswer {
	webhookName: WebhookType;
	/** The HTTP status that the caller got. */
	status: number;
	/** The run that the webhook started, if any. */
	run?: RunResult;
}

interface Loaded {
	workflow: Workflow;
	node: INode;
	additionalData: IWorkflowExecuteAdditionalData;
	webhooks: IWebhookData[];
}

/** A published workflow with a webhook trigger. As in n8n, only its static data is kept between calls. */
export class PublishedTrigger {
	private readonly outcomes: Array<Promise<WebhookOutcome>> = [];
	private readonly runs: Array<Promise<RunResult>> = [];
	private taken = 0;
	private takenRuns = 0;
	private close: (() => Promise<void>) | undefined;
	private readonly calls = new EventEmitter();

	private constructor(
		private readonly host: HostParts,
		private readonly spec: WorkflowSpec & Pick<TriggerSpec, 'webhookBaseUrl'> & { start: string; isTest: boolean },
	) {}

	static async create(
		host: HostParts,
		{ trigger, staticData, nodes, isTest = false, ...rest }: TriggerSpec,
	): Promise<PublishedTrigger> {
		const node = { name: 'Trigger', ...trigger };
		const credentials = await saveAll(rest.credentials ?? {}, host.vault);
		return new PublishedTrigger(host, {
			...rest,
			id: rest.id ?? newWorkflowId(),
			nodes: [node, ...(nodes ?? [])],
			start: node.name,
			isTest,
			credentials,
			staticData: staticData && { [`node:${node.name}`]: staticData },
		});
	}

	/** The address of the webhook with this name. */
	async url(name: WebhookType = 'default'): Promise<string> {
		const { webhooks, additionalData } = await this.load();
		const webhook = webhooks.find(({ webhookDescription }) => webhookDescription.name === name);
		if (!webhook) throw new Error(`There is no webhook "${name}"`);
		return `${this.spec.isTest ? additionalData.webhookTestBaseUrl : additionalData.webhookBaseUrl}/${webhook.path}`;
	}

	/** The static data of the trigger, as it is saved now. */
	get staticData(): IDataObject {
		const own = this.spec.staticData?.[`node:${this.spec.start}`];
		return deepCopy(own !== null && typeof own === 'object' ? { ...own } : {});
	}

	/** Waits for the next call that this method has not returned yet. */
	async next(): Promise<WebhookOutcome> {
		const index = this.taken++;
		const signal = AbortSignal.timeout(this.host.timeout);
		for (;;) {
			const outcome = this.outcomes[index];
			if (outcome) return await outcome;
			await once(this.calls, 'call', { signal }).catch((cause: unknown) => {
				throw new Error(`No request came to ${this.spec.start} within ${this.host.timeout} ms`, { cause });
			});
		}
	}

	/** Waits for the next run that the trigger started without a webhook and this method has not returned yet. */
	async nextRun(): Promise<RunResult> {
		const index = this.takenRuns++;
		const signal = AbortSignal.timeout(this.host.timeout);
		for (;;) {
			const run = this.runs[index];
			if (run) return await run;
			await once(this.calls, 'run', { signal });
		}
	}

	/** Serves the webhooks before it registers them, because some providers call the address at once. */
	async publish(): Promise<void> {
		await this.serve();
		try {
			if (!(await this.hook('checkExists'))) await this.hook('create');
			if (!this.spec.isTest) await this.watch();
		} catch (error) {
			// n8n calls `delete` then, with the static data from before, to remove a partial registration.
			await this.hook('delete').catch(() => undefined);
			await this.stop();
			throw error;
		}
	}

	async unpublish(): Promise<void> {
		await this.close?.();
		await this.hook('delete');
		await this.stop();
	}

	private async watch(): Promise<void> {
		const loaded = await this.load();
		this.close = await startTrigger(loaded, (items) => {
			this.runs.push(this.start(loaded.node, items, 'trigger'));
			this.calls.emit('run');
		});
	}

	/**
	 * Calls a webhook method of the trigger.
	 * @param why n8n calls it; by default because of a test or of publishing
	 * @returns its result; undefined if there is no such method
	 */
	async hook(method: WebhookSetupMethodNames, why?: WorkflowActivateMode): Promise<boolean | undefined> {
		const { workflow, node, additionalData, webhooks } = await this.load();
		const { webhookMethods } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		const creating = this.spec.isTest ? (['manual', 'manual'] as const) : (['trigger', 'activate'] as const);
		const [mode, activation] = method === 'delete' ? (['internal', 'update'] as const) : creating;
		let returned: boolean | undefined;
		for (const webhook of webhooks) {
			const hook = webhookMethods?.[webhook.webhookDescription.name]?.[method];
			if (!hook) continue;
			const context = new HookContext(workflow, node, additionalData, mode, why ?? activation, webhook);
			returned = await workflow.expression.withIsolate(() => hook.call(context));
		}
		this.spec.staticData = staticDataOf(workflow);
		return returned;
	}

	async serve(): Promise<void> {
		const { webhooks } = await this.load();
		for (const { httpMethod, path } of webhooks) {
			this.host.server.route(httpMethod, this.served(path), (request, response) => this.receive(request, response));
		}
	}

	async stop(): Promise<void> {
		const { webhooks } = await this.load();
		for (const { httpMethod, path } of webhooks) this.host.server.unroute(httpMethod, this.served(path));
	}

	private served(path: string): string {
		return `/${this.spec.isTest ? 'webhook-test' : 'webhook'}/${path}`;
	}

	private async receive(request: WebRequest, response: WebResponse): Promise<void> {
		const outcome = this.handle(request, response);
		this.outcomes.push(outcome);
		this.calls.emit('call');
		await outcome;
	}

	private async handle(request: WebRequest, response: WebResponse): Promise<WebhookOutcome> {
		const loaded = await this.load();
		const webhook = loaded.webhooks.find(
			({ httpMethod, path }) => httpMethod === request.method && this.served(path) === request.path,
		);
		if (!webhook) throw new Error(`${request.method} ${request.path} belongs to no webhook`);
		const answer = await answerWebhook(
			{ ...loaded, webhook, mode: this.spec.isTest ? 'manual' : 'webhook' },
			request,
			response,
		);
		if (!answer.error) this.spec.staticData = staticDataOf(loaded.workflow);
		const { workflowData } = answer.returned ?? {};
		const run = workflowData && (await this.start(loaded.node, workflowData, this.spec.isTest ? 'manual' : 'webhook'));
		const webhookName = webhook.webhookDescription.name;
		return { webhookName, status: response.statusCode, ...answer, run };
	}

	private async start(node: INode, items: INodeExecutionData[][], mode: WorkflowExecuteMode): Promise<RunResult> {
		return await proceed(this.host, newExecution(this.host, this.spec, mode, startingAt(node, items)));
	}

	/** As n8n does, loads the workflow again for each call. */
	private async load(): Promise<Loaded> {
		const { types, vault } = this.host;
		const { workflow } = await buildWorkflow(this.spec, types, vault);
		const node = workflow.getNode(this.spec.start);
		if (!node) throw new Error(`There is no node ${this.spec.start}`);
		const usual = additionalDataOf(this.host);
		const { webhookBaseUrl = usual.webhookBaseUrl } = this.spec;
		const additionalData = { ...usual, webhookBaseUrl, workflowId: workflow.id };
		const webhooks = await workflow.expression.withIsolate(async () => {
			const served = webhooksOf({ workflow, node, additionalData, mode: 'internal' });
			return served.map((webhook) => ({ ...webhook, isTest: this.spec.isTest }));
		});
		return { workflow, node, additionalData, webhooks };
	}
}
