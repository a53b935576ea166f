import type { House } from '../../sandbox/house';
import { openHouseForTest, openingTime } from './house';

jest.setTimeout(120_000);

let house: House;

beforeAll(async () => {
	house = await openHouseForTest();
}, openingTime);
afterAll(() => house?.stop());

/** What the editor's test of the credential says. */
async function testOf({ apiKey = 'sandbox-360dialog-key', baseUrl = `${house.sandbox.url}/360dialog` }) {
	const { api } = house.n8n;
	const data = { apiKey, baseUrl };
	return api.testCredential(
		await api.ensureCredential({ name: 'Tested account', type: 'whatsAppOtp360DialogApi', data }),
	);
}

test('the right key passes, however the address ends', async () => {
	const ok = { status: 'OK' };
	await expect(testOf({})).resolves.toMatchObject(ok);
	await expect(testOf({ baseUrl: `${house.sandbox.url}/360dialog/` })).resolves.toMatchObject(ok);
});

test('a wrong key is told apart from a wrong address', async () => {
	await expect(testOf({ apiKey: 'wrong' })).resolves.toEqual({
		status: 'Error',
		message: '360dialog does not know this API key, or it has run out. Each number has a key of its own.',
	});
	await expect(testOf({ baseUrl: house.sandbox.url })).resolves.toEqual({
		status: 'Error',
		message: "360dialog's API is not at this address. Check 'Hosting' and 'Base URL'.",
	});
});

test('a host that cannot be reached does not pass', async () => {
	// n8n itself words what no provider has answered.
	await expect(testOf({ baseUrl: 'http://127.0.0.1:1' })).resolves.toEqual({
		status: 'Error',
		message: 'ECONNREFUSED',
	});
	await expect(testOf({ baseUrl: 'not an address' })).resolves.toMatchObject({ status: 'Error' });
});

test('a provider that is down does not pass', async () => {
	house.sandbox.addFault({ call: 'listTemplates', effect: { answer: { status: 503, body: 'down' } } });
	await expect(testOf({})).resolves.toMatchObject({ status: 'Error' });
	house.sandbox.clearFaults();
	await expect(testOf({})).resolves.toMatchObject({ status: 'OK' });
});
