import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';
import { chooseLanguage } from '../../page';
import type { ProviderConnection } from '../shared/provider-connection';
import { getTemplateLanguages } from '../WhatsAppOtp/editor-lists';
import { approvedLanguages } from '../WhatsAppOtp/sending/approved-languages';
import { browserLanguage, type SignInParameters } from './parameters';

/** The list in 'Language': the browser's choice, or one language of the template for everybody. */
export async function getSignInLanguages(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const ofBrowser = { name: "The Browser's Language", value: browserLanguage };
	return [ofBrowser, ...(await getTemplateLanguages.call(this))];
}

/** For a template whose languages the provider does not list. */
const fallback = 'en_US';

/** The language of the message, as the provider writes it. The page follows it. */
export async function languageFor(
	{ language, template }: Pick<SignInParameters, 'language' | 'template'>,
	connect: () => Promise<ProviderConnection>,
	acceptLanguage: string | undefined,
): Promise<string> {
	if (language !== browserLanguage) return language;
	const approved = await approvedLanguages(await connect(), template);
	const english = approved.filter((code) => /^en\b|^en_/.test(code));
	const [first = fallback, ...others] = [...english, ...approved];
	return chooseLanguage(acceptLanguage, [first, ...others]);
}
