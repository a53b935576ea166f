import { pasted, providers, type Provider } from '../../providers';

/* From public reports: what people paste into a credential is more than the value. */

const account = (id: string, credential: object): unknown =>
	providers.find((provider: Provider) => provider.id === id)?.account.parse(credential);

const ids = { phoneNumberId: '106540352242922', businessAccountId: '1' };

describe('A base URL', () => {
	it.each([
		['metaCloud', { ...ids, baseUrl: 'https://graph.facebook.com/v25.0' }, '"https://graph.facebook.com"'],
		[
			'metaCloud',
			{ ...ids, baseUrl: ' https://graph.facebook.com/v25.0/106/messages\n' },
			'"https://graph.facebook.com"',
		],
		['metaCloud', { ...ids, baseUrl: 'graph.facebook.com/' }, '"https://graph.facebook.com"'],
		['metaCloud', { ...ids, baseUrl: 'http://127.0.0.1:1/meta/v23.0/' }, '"http://127.0.0.1:1/meta"'],
		['dialog360', { baseUrl: 'https://waba-v2.360dialog.io/messages' }, '"https://waba-v2.360dialog.io"'],
		['dialog360', { baseUrl: 'https://waba-v2.360dialog.io/v1/configs/webhook' }, '"https://waba-v2.360dialog.io"'],
		[
			'oneMsg',
			{ channelId: '371267300', baseUrl: 'https://api.1msg.io/371267300/' },
			'"https://api.1msg.io/371267300"',
		],
		[
			'oneMsg',
			{ channelId: 'HEI100000000', baseUrl: 'https://api.1msg.io/HEI100000000/sendTemplate?token=x' },
			'"https://api.1msg.io/HEI100000000"',
		],
		['onPremises', { baseUrl: 'https://wa.example.com:9090/v1/health' }, '"https://wa.example.com:9090"'],
		['onPremises', { baseUrl: '"wa.example.com:9090"' }, '"https://wa.example.com:9090"'],
		['waCr', { baseUrl: 'https://app.wa.cr/api/v2/auth/send-otp' }, '"https://app.wa.cr/api/v2"'],
	])('of %s may have a version, a path and slashes: %j', (id, credential, expected) => {
		expect(JSON.stringify(account(id, credential))).toContain(expected);
	});
});

describe('An ID', () => {
	it.each(['371267300', 'instance371267300', ' instance371267300\u200b\n', 'https://api.1msg.io/371267300/'])(
		'of a channel is read from %j',
		(channelId) => expect(account('oneMsg', { channelId })).toMatchObject({ channel: 'https://api.1msg.io/371267300' }),
	);

	it('and a namespace may have blanks and invisible characters around them', () => {
		expect(account('metaCloud', { phoneNumberId: '\u202a106\u202c ', businessAccountId: '\t7\u200b' })).toMatchObject({
			phoneNumberId: '106',
			businessAccountId: '7',
		});
		for (const id of ['dialog360', 'onPremises', 'oneMsg']) {
			const read = account(id, { channelId: 'c', namespace: ' ca30_99 \u200b\n', baseUrl: 'https://x.example' });
			expect(read).toMatchObject({ namespace: 'ca30_99' });
		}
	});
});

describe('A key', () => {
	it.each([
		'tok',
		' tok\n',
		'Bearer tok',
		'bearer  Bearer tok',
		'Authorization: Bearer tok',
		'D360-API-KEY: tok',
		'"tok"',
		'\ufeff\u200btok\u2060',
	])('is read from %j', (text) => expect(pasted('key', text)).toBe('tok'));
});
