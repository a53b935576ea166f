import axios, { type AxiosInstance } from 'axios';
import { z } from 'zod';
import {
	type Execution,
	type ExecutionStatus,
	describeExecution,
	executionSchema,
	executionStatusSchema,
} from './executions';
import { openSession } from './owner';
import { N8nRefusal, request } from './request';
import { until } from './wait-until';
import { withCredentials, workflowSourceSchema } from './workflow-source';

const credentialSchema = z.object({ id: z.string(), name: z.string(), type: z.string() });
const testSchema = z.object({ status: z.enum(['OK', 'Error']), message: z.string() });
const workflowSchema = z.object({
	id: z.string(),
	name: z.string(),
	active: z.boolean(),
	isArchived: z.boolean().default(false),
});
const recordSchema = z.object({ id: z.coerce.string() }).passthrough();
const publicationSchema = z.object({
	data: z.object({
		status: z.enum(['in_progress', 'not_published', 'published', 'partial', 'failed']),
		triggers: z.array(z.object({ nodeId: z.string(), errorMessage: z.string().nullable() })),
	}),
});

const startedSchema = z.object({ data: z.object({ executionId: z.coerce.string() }) });

const pageOf = <S extends z.ZodTypeAny>(item: S) => z.object({ data: z.array(item), nextCursor: z.string().nullish() });

type ExecutionRecord = z.output<typeof recordSchema>;
type Publication = z.output<typeof publicationSchema>['data'];

export type StoredCredential = z.output<typeof credentialSchema>;
export type CredentialTest = z.output<typeof testSchema>;

export interface NewCredential {
	name: string;
	type: string;
	data: Record<string, unknown>;
}

export interface ExecutionQuery {
	workflowId: string;
	status?: ExecutionStatus;
	/** Whether the answer holds the nodes' items. */
	includeData?: boolean;
	/** The number of newest executions to return. Default: 20. */
	limit?: number;
}

/** Milliseconds in which n8n must register or remove the triggers of a workflow. Each one calls a provider. */
const publicationTimeout = 60_000;

/** Calls n8n for the tests and the demo. Uses the public API wherever it offers the call. Throws N8nRefusal. */
export class N8nApi {
	private readonly client: AxiosInstance;
	private session: Promise<AxiosInstance> | undefined;

	constructor(
		readonly url: string,
		apiKey: string,
		/** The base address of production webhooks. */
		private readonly webhookUrl = url,
	) {
		this.client = axios.create({
			baseURL: `${url}/api/v1`,
			headers: { 'X-N8N-API-KEY': apiKey },
			proxy: false,
			timeout: 120_000,
		});
	}

	listCredentials(): Promise<StoredCredential[]> {
		return this.list('/credentials', credentialSchema);
	}

	/** Creates the credential, or updates the one with the same name and type. Returns its id. */
	async ensureCredential({ name, type, data }: NewCredential): Promise<string> {
		const existing = (await this.listCredentials()).find((one) => one.name === name && one.type === type);
		const { id } = await request(
			this.client,
			credentialSchema,
			existing
				? { method: 'PATCH', url: `/credentials/${existing.id}`, data: { data } }
				: { method: 'POST', url: '/credentials', data: { name, type, data } },
		);
		return id;
	}

	/** Creates a Data Table. `columns` has the type of each column by its name. Returns its id. */
	async createDataTable(name: string, columns: Record<string, 'string' | 'number' | 'boolean'>): Promise<string> {
		const { id } = await request(this.client, z.object({ id: z.string() }), {
			method: 'POST',
			url: '/data-tables',
			data: { name, columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })) },
		});
		return id;
	}

	/** Runs the credential type's own test. */
	testCredential(id: string): Promise<CredentialTest> {
		return request(this.client, testSchema, { method: 'POST', url: `/credentials/${id}/test` });
	}

	/**
	 * Creates the exported workflow, or replaces the one with the same name. Returns its id.
	 * n8n publishes a published workflow again after a change. This waits until that is done.
	 */
	async ensureWorkflow(
		exported: unknown,
		{ credentials = {} }: { credentials?: Readonly<Record<string, string>> } = {},
	): Promise<string> {
		const data = withCredentials(workflowSourceSchema.parse(exported), credentials);
		const namesakes = await this.list('/workflows', workflowSchema, { name: data.name });
		const existing = namesakes.find(({ name, isArchived }) => name === data.name && !isArchived);
		const { id, active } = await request(
			this.client,
			workflowSchema,
			existing
				? { method: 'PUT', url: `/workflows/${existing.id}`, data }
				: { method: 'POST', url: '/workflows', data },
		);
		if (active) await this.published(id);
		return id;
	}

	/**
	 * Publishes the newest version of the workflow and waits until every trigger is registered.
	 * Throws the reason if a trigger fails.
	 */
	async publish(id: string): Promise<void> {
		await request(this.client, workflowSchema, {
			method: 'POST',
			url: `/workflows/${id}/publish`,
			data: {},
		});
		await this.published(id);
	}

	/** Unpublishes the workflow and waits until its triggers are removed. */
	async unpublish(id: string): Promise<void> {
		await request(this.client, workflowSchema, { method: 'POST', url: `/workflows/${id}/unpublish` });
		await this.publication(id, ({ status }) => status === 'not_published');
	}

	/** Runs the workflow by its manual trigger, as the editor does. @throws if the run fails */
	async runByHand(workflowId: string, trigger: string): Promise<Execution> {
		const session = await (this.session ??= openSession(this.url));
		const { data } = await request(session, startedSchema, {
			method: 'POST',
			url: `/workflows/${workflowId}/run`,
			data: { triggerToStartFrom: { name: trigger } },
		});
		const isOver = ({ id, stoppedAt }: Execution) => id === data.executionId && stoppedAt !== null;
		const run = await this.waitForExecution(workflowId, isOver);
		if (run.status === 'success') return run;
		throw new Error(`The run of workflow ${workflowId} ended as ${describeExecution(run)}`);
	}

	/** The newest executions first. Running executions are included only if `status` asks for them. */
	async executions(query: ExecutionQuery): Promise<Execution[]> {
		const { workflowId, status, includeData = false, limit = 20 } = query;
		const params = { workflowId, includeData, limit, ...(includeData && { ignoreDataSizeLimit: true }) };
		const page = await request(this.client, pageOf(executionSchema), {
			url: '/executions',
			params: { ...params, ...(status && { status: executionStatusSchema.parse(status) }) },
		});
		return page.data;
	}

	/** Every finished execution, with everything that n8n stores about it. */
	executionRecords(workflowId: string): Promise<ExecutionRecord[]> {
		return this.list('/executions', recordSchema, { workflowId, includeData: true, ignoreDataSizeLimit: true });
	}

	/** Waits for an execution that `predicate` accepts, and returns the newest one with its data. */
	async waitForExecution(
		workflowId: string,
		predicate: (execution: Execution) => boolean,
		timeout?: number,
	): Promise<Execution> {
		let seen: Execution[] = [];
		const look = async (): Promise<Execution | undefined> => {
			seen = await this.executions({ workflowId, includeData: true });
			return seen.find(predicate);
		};
		const others = (): string => seen.map(describeExecution).join(', ') || 'none';
		const what = (): string => `workflow ${workflowId} had the expected execution; its executions: ${others()}`;
		return until(look, { what, timeout });
	}

	/**
	 * Waits until the production webhook `path` accepts requests of `method`. Returns the webhook's address.
	 * It starts no execution: n8n answers a CORS preflight with the registered methods.
	 */
	async waitForWebhook(path: string, method = 'POST', timeout?: number): Promise<string> {
		const address = `${this.webhookUrl}/webhook/${path}`;
		const look = async (): Promise<string | undefined> => {
			const answer = await axios.options(address, {
				headers: { origin: this.url },
				proxy: false,
				validateStatus: () => true,
			});
			const methods = String(answer.headers['access-control-allow-methods'] ?? '').split(/,\s*/);
			return methods.includes(method) ? address : undefined;
		};
		return until(look, { what: () => `${method} ${address} is registered`, timeout });
	}

	/**
	 * n8n queues the publishing and tries each trigger up to five times in 15 s. The public API answers before
	 * that and never reports the result, so this asks the editor's API. n8n reads its queue and its triggers at
	 * the same time, so it can answer 'not_published' for a moment although it has just published the workflow.
	 */
	private async published(id: string): Promise<void> {
		const unsettled: Array<Publication['status']> = ['in_progress', 'not_published'];
		const publication = await this.publication(id, (now) => !unsettled.includes(now.status));
		if (publication === undefined || publication.status === 'published') return;
		const { status, triggers } = publication;
		const reasons = triggers.flatMap(({ errorMessage }) => errorMessage ?? []).join('; ');
		throw new Error(`Workflow ${id} could not be published: ${reasons || `n8n only says '${status}'`}`);
	}

	/** @returns undefined in n8n before 2.39: it has published before it answers, and it knows no such status */
	private async publication(id: string, isOver: (now: Publication) => boolean): Promise<Publication | undefined> {
		const session = await (this.session ??= openSession(this.url));
		const ask = () => request(session, publicationSchema, { url: `/workflows/${id}/publication-status` });
		const look = async (): Promise<{ publication?: Publication } | undefined> => {
			try {
				const { data: publication } = await ask();
				return isOver(publication) ? { publication } : undefined;
			} catch (error) {
				if (!(error instanceof N8nRefusal) || error.status !== 404) throw error;
				// A workflow that does not exist is refused here.
				await request(this.client, workflowSchema, { url: `/workflows/${id}` });
				return {};
			}
		};
		const { publication } = await until(look, {
			what: () => `workflow ${id} was published or taken down`,
			timeout: publicationTimeout,
		});
		return publication;
	}

	private async list<S extends z.ZodTypeAny>(
		url: string,
		item: S,
		params: Record<string, unknown> = {},
	): Promise<Array<z.output<S>>> {
		const found: Array<z.output<S>> = [];
		let cursor: string | null | undefined;
		do {
			const page = await request(this.client, pageOf(item), {
				url,
				params: { ...params, limit: 250, cursor },
			});
			found.push(...page.data);
			cursor = page.nextCursor;
		} while (cursor);
		return found;
	}
}
