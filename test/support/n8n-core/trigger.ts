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
	type WebhookType,
	type Workflow,
	type WorkflowExecuteMode,
} from 'n8n-workflow';
import { additionalDataOf } from './additional-data';
import type { Engine } from './engine';
import { newExecution, proceed } from './execution';
import { staticDataOf, type RunResult } from './result';
import { startingAt } from './run';
import { startTrigger } from './running-trigger';
import type { WebRequest, WebResponse } from './web-messages';
import { answerWebhook, webhooksOf, type WebhookAnswer } from './webhook';
import { buildWorkflow, newWorkflowId, saveAll, type NodeSpec, type WorkflowSpec } from './workflow';

export interface TriggerSpec extends Pick<WorkflowSpec, 'connections' | 'credentials' | 'settings'> {
	/** Called `Trigger` unless it has a name. */
	trigger: Omit<NodeSpec, 'name'> & { name?: string };
	/** What runs behind it. */
	nodes?: NodeSpec[];
	/** The trigger's own. */
	staticData?: IDataObject;
	/** Served for the editor's test events instead, which have an address of their own and no saved static data. */
	isTest?: boolean;
}

/** The result of one webhook call. */
export interface WebhookOutcome extends WebhookAnswer {
	webhookName: WebhookType;
	/** What the caller got. */
	status: number;
	/** Where the webhook started a run. */
	run?: RunResult;
}

interface Loaded {
	workflow: Workflow;
	node: INode;
	additionalData: IWorkflowExecuteAdditionalData;
	webhooks: IWebhookData[];
}

/** A published workflow with a webhook trigger. As in n8n, only its static data outlives a call. */
export class PublishedTrigger {
	private readonly outcomes: Array<Promise<WebhookOutcome>> = [];
	private readonly runs: Array<Promise<RunResult>> = [];
	private taken = 0;
	private takenRuns = 0;
	private close: (() => Promise<void>) | undefined;
	private readonly calls = new EventEmitter();

	private constructor(
		private readonly engine: Engine,
		private readonly spec: WorkflowSpec & { start: string; isTest: boolean },
	) {}

	static async create(
		engine: Engine,
		{ trigger, staticData, nodes, isTest = false, ...rest }: TriggerSpec,
	): Promise<PublishedTrigger> {
		const node = { name: 'Trigger', ...trigger };
		const credentials = await saveAll(rest.credentials ?? {}, engine.vault);
		return new PublishedTrigger(engine, {
			...rest,
			id: newWorkflowId(),
			nodes: [node, ...(nodes ?? [])],
			start: node.name,
			isTest,
			credentials,
			...(staticData && { staticData: { [`node:${node.name}`]: staticData } }),
		});
	}

	/** Where the webhook of this name is served. */
	async url(name: WebhookType = 'default'): Promise<string> {
		const { webhooks, additionalData } = await this.load();
		const webhook = webhooks.find(({ webhookDescription }) => webhookDescription.name === name);
		if (!webhook) throw new Error(`There is no webhook "${name}"`);
		return `${this.spec.isTest ? additionalData.webhookTestBaseUrl : additionalData.webhookBaseUrl}/${webhook.path}`;
	}

	/** The trigger's own, as it is saved now. */
	get staticData(): IDataObject {
		const own = this.spec.staticData?.[`node:${this.spec.start}`];
		return deepCopy(own !== null && typeof own === 'object' ? { ...own } : {});
	}

	/** What becomes of the next call that this method hasn't told of yet; waits for it. */
	async next(): Promise<WebhookOutcome> {
		const index = this.taken++;
		const signal = AbortSignal.timeout(this.engine.patience);
		for (;;) {
			const outcome = this.outcomes[index];
			if (outcome) return await outcome;
			await once(this.calls, 'call', { signal }).catch((cause: unknown) => {
				throw new Error(`No request came to ${this.spec.start} within ${this.engine.patience} ms`, { cause });
			});
		}
	}

	/** Waits for the next run that `trigger()` started and that this method has not returned yet. */
	async nextRun(): Promise<RunResult> {
		const index = this.takenRuns++;
		const signal = AbortSignal.timeout(this.engine.patience);
		for (;;) {
			const run = this.runs[index];
			if (run) return await run;
			await once(this.calls, 'run', { signal });
		}
	}

	/** Serves the webhooks, then registers them: some providers call back before they agree. */
	async publish(): Promise<void> {
		await this.serve();
		try {
			if (!(await this.hook('checkExists'))) await this.hook('create');
			if (!this.spec.isTest) await this.watch();
		} catch (error) {
			// n8n tells the node to remove what may be registered half, with what was saved before.
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

	/** Calls one of the trigger's webhook methods. @returns what it did, or undefined where there is none */
	async hook(method: WebhookSetupMethodNames): Promise<boolean | undefined> {
		const { workflow, node, additionalData, webhooks } = await this.load();
		const { webhookMethods } = workflow.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		const creating = this.spec.isTest ? (['manual', 'manual'] as const) : (['trigger', 'activate'] as const);
		const [mode, activation] = method === 'delete' ? (['internal', 'update'] as const) : creating;
		let returned: boolean | undefined;
		for (const webhook of webhooks) {
			const hook = webhookMethods?.[webhook.webhookDescription.name]?.[method];
			if (!hook) continue;
			const context = new HookContext(workflow, node, additionalData, mode, activation, webhook);
			returned = await workflow.expression.withIsolate(() => hook.call(context));
		}
		this.spec.staticData = staticDataOf(workflow);
		return returned;
	}

	async serve(): Promise<void> {
		const { webhooks } = await this.load();
		for (const { httpMethod, path } of webhooks) {
			this.engine.server.route(httpMethod, this.served(path), (request, response) => this.receive(request, response));
		}
	}

	async stop(): Promise<void> {
		const { webhooks } = await this.load();
		for (const { httpMethod, path } of webhooks) this.engine.server.unroute(httpMethod, this.served(path));
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
		return { webhookName, status: response.statusCode, ...answer, ...(run && { run }) };
	}

	private async start(node: INode, items: INodeExecutionData[][], mode: WorkflowExecuteMode): Promise<RunResult> {
		return await proceed(this.engine, newExecution(this.engine, this.spec, mode, startingAt(node, items)));
	}

	/** n8n loads the workflow anew for every call. */
	private async load(): Promise<Loaded> {
		const { types, vault } = this.engine;
		const { workflow } = await buildWorkflow(this.spec, types, vault);
		const node = workflow.getNode(this.spec.start);
		if (!node) throw new Error(`There is no node ${this.spec.start}`);
		const additionalData = { ...additionalDataOf(this.engine), workflowId: workflow.id };
		const webhooks = await workflow.expression.withIsolate(async () => {
			const served = webhooksOf({ workflow, node, additionalData, mode: 'internal' });
			return served.map((webhook) => ({ ...webhook, isTest: this.spec.isTest }));
		});
		return { workflow, node, additionalData, webhooks };
	}
}
