import { Expression } from 'n8n-workflow';

/**
 * Starts n8n's expression engine (isolated-vm) with its default limits. An isolate is acquired when an expression first
 * needs one, as on a server with many webhooks (docs/reference/n8n-host.md, 'What a webhook costs').
 */
export async function startExpressions(): Promise<void> {
	await Expression.initExpressionEngine({
		engine: 'vm',
		poolSize: 1,
		maxCodeCacheSize: 1024,
		bridgeTimeout: 5000,
		bridgeMemoryLimit: 128,
		lazyAcquire: true,
		compileCache: true,
	});
}

export async function stopExpressions(): Promise<void> {
	await Expression.disposeExpressionEngine();
}
