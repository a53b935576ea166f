import type { RunSpec } from '../support/n8n-core/host';
import { startSample, type SampleHost } from '../support/n8n-core/sample';

let started: SampleHost;

beforeAll(async () => {
	started = await startSample();
});
beforeEach(() => started.server.forget());
afterAll(() => started[Symbol.asyncDispose]());

/** What the providers' HttpClient relies on. */
describe("n8n's request helper", () => {
	const full = { returnFullResponse: true, ignoreHttpStatusErrors: true };
	const ask = (path: string, request: object, login = 'key'): RunSpec =>
		started.asking([''], {
			parameters: { path, login, request: JSON.stringify(request) },
			onError: 'continueRegularOutput',
		});
	const answerTo = async (spec: RunSpec): Promise<unknown> => {
		return (await started.host.runWorkflow(spec)).node('Ask').outputs[0]?.[0]?.json;
	};

	it('hands over any status where it shall ignore it, a 401 too, which it then sends once', async () => {
		expect(await answerTo(ask('/status/503', full))).toMatchObject({ statusCode: 503, body: { status: 503 } });
		const keyless = {
			...ask('/status/200', full),
			credentials: { sampleApi: { baseUrl: started.server.url, key: '' } },
		};
		started.server.forget();
		expect(await answerTo(keyless)).toMatchObject({ statusCode: 401, body: { reason: 'Unknown key' } });
		expect(started.server.calls).toHaveLength(1);
	});

	it('logs in again only where a 401 is left to be thrown', async () => {
		const session = { sampleSessionApi: { baseUrl: started.server.url, token: 'an old one' } };
		const ignoring = { ...ask('/session', full, 'session'), credentials: session };
		expect(await answerTo(ignoring)).toMatchObject({ statusCode: 401 });
		const except = { ...full, ignoreHttpStatusErrors: { ignore: true, except: [401] } };
		const throwing = { ...ask('/session', except, 'session'), credentials: session };
		expect(await answerTo(throwing)).toMatchObject({ statusCode: 200 });
	});

	it('sends every thrown 401 twice', async () => {
		const keyless = { ...ask('/status/200', {}), credentials: { sampleApi: { baseUrl: started.server.url, key: '' } } };
		expect(await answerTo(keyless)).toMatchObject({ details: { httpCode: '401', cause: { code: 'ERR_BAD_REQUEST' } } });
		expect(started.server.calls).toHaveLength(2);
	});

	it.each([
		['refused', '', { url: 'http://127.0.0.1:1/' }, 'ECONNREFUSED', { name: 'Error', code: 'ECONNREFUSED' }],
		['reset', '/reset', {}, 'ECONNRESET', { name: 'Error', code: 'ECONNRESET' }],
		['late', '/hang', { timeout: 50 }, 'ECONNABORTED', { name: 'AxiosError', code: 'ECONNABORTED' }],
		['cut off', '/half', {}, '200', { name: 'AxiosError', code: 'ERR_BAD_RESPONSE' }],
		['no address', '', { url: 'nowhere' }, 'ERR_INVALID_URL', { name: 'TypeError', code: 'ERR_INVALID_URL' }],
	])('wraps what the network said: %s', async (_name, path, request, httpCode, cause) => {
		expect(await answerTo(ask(path || '/', { ...full, ...request }))).toMatchObject({ details: { httpCode, cause } });
	});
});
