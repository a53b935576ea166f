import { approvedTemplate } from '../../nodes/WhatsAppOtp/sending/approved-languages';
import { dialog360 } from '../../providers/dialog360';

const read: string[] = [];

/** Accounts of 360dialog differ only in their key, and our code never sees the key. */
const account = (credentialId: string, language: string) => {
	const template = { name: 'code', language, status: 'approved', category: 'AUTHENTICATION', components: [] };
	const body = { count: 1, total: 1, offset: 0, limit: 1000, waba_templates: [template] };
	const http = () => {
		read.push(credentialId);
		return Promise.resolve({ status: 200, headers: {}, body });
	};
	return { provider: dialog360, credentialId, connection: { account: dialog360.account.parse({}), http } };
};

test('the templates of one credential are not taken for those of another', async () => {
	const [first, second, third] = [account('1', 'en'), account('2', 'es'), account('3', 'fr')] as const;
	await approvedTemplate(first, 'code', 'en');
	await Promise.all([approvedTemplate(second, 'code', 'es'), approvedTemplate(third, 'code', 'fr')]);
	await approvedTemplate(first, 'code', 'en');
	expect(read).toEqual(['1', '2', '3']);
	await expect(approvedTemplate(first, 'code', 'es')).rejects.toMatchObject({
		refused: { fix: 'Choose en, or create the template in es' },
	});
});
