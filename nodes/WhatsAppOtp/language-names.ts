/** The name of a language that a provider writes as `en_US`: 'English (US)'. An unknown code stays as it is. */
export function languageName(code: string): string {
	try {
		return names().of(code.replace('_', '-')) ?? code;
	} catch {
		return code;
	}
}

let cached: Intl.DisplayNames | undefined;

/** Created when the first list is shown: it costs n8n's start nothing. */
function names(): Intl.DisplayNames {
	cached ??= new Intl.DisplayNames('en', { type: 'language', languageDisplay: 'standard', style: 'short' });
	return cached;
}
