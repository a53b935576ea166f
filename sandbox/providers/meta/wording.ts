/** Meta's preset text of authentication templates. An account can leave out parts but cannot change the text. */
interface Wording {
	body: string;
	security: string;
	expiry: (minutes: number) => string;
	copyCode: string;
	autofill: string;
}

const english: Wording = {
	body: '*{{1}}* is your verification code.',
	security: 'For your security, do not share this code.',
	expiry: (minutes) => `This code expires in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
	copyCode: 'Copy code',
	autofill: 'Autofill',
};

/** English and Spanish are Meta's sentences (docs/reference/providers.md 1.3). The others are translations of them. */
const wordings: Record<string, Wording> = {
	en: english,
	es: {
		body: 'Tu código de verificación es *{{1}}*.',
		security: 'Por tu seguridad, no lo compartas.',
		expiry: (minutes) => `Este código caduca en ${minutes} ${minutes === 1 ? 'minuto' : 'minutos'}.`,
		copyCode: 'Copiar código',
		autofill: 'Autocompletar',
	},
	fr: {
		body: '*{{1}}* est votre code de vérification.',
		security: 'Pour votre sécurité, ne le partagez pas.',
		expiry: (minutes) => `Ce code expire dans ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.`,
		copyCode: 'Copier le code',
		autofill: 'Remplir',
	},
	de: {
		body: '*{{1}}* ist dein Verifizierungscode.',
		security: 'Teile ihn zu deiner Sicherheit mit niemandem.',
		expiry: (minutes) => `Dieser Code läuft in ${minutes} ${minutes === 1 ? 'Minute' : 'Minuten'} ab.`,
		copyCode: 'Code kopieren',
		autofill: 'Automatisch ausfüllen',
	},
	pt: {
		body: '*{{1}}* é o seu código de verificação.',
		security: 'Para sua segurança, não o compartilhe.',
		expiry: (minutes) => `Este código expira em ${minutes} ${minutes === 1 ? 'minuto' : 'minutos'}.`,
		copyCode: 'Copiar código',
		autofill: 'Preencher',
	},
};

export function wordingOf(language: string): Wording {
	return wordings[language.slice(0, 2)] ?? english;
}

/** The body of a template, in which {{1}} stands for the code. */
export function bodyText({ body, security }: Wording, addSecurityRecommendation: boolean): string {
	return addSecurityRecommendation ? `${body} ${security}` : body;
}

/** The template languages of Meta. It refuses any other on creation. */
export const languages = new Set(
	`af sq ar ar_AE ar_EG ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da prs_AF nl nl_BE
	en en_AE en_AU en_CA en_GB en_GH en_IE en_IN en_JM en_MY en_NZ en_QA en_SG en_UG en_US en_ZA et fil fi fr
	fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt
	mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_ES
	es_HN es_MX es_PA es_PE es_UY sw sv ta te th tr uk ur uz vi zu`.split(/\s+/),
);
