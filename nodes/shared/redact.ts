interface ProviderWords {
	title?: string | undefined;
	details?: string | undefined;
}

/**
 * Removes secrets from a provider's words. Providers quote messages in their errors, and neither codes nor numbers may
 * appear in an item or a log (docs/reference/verification-rules.md 1.13).
 */
export function redact<Words extends ProviderWords>(words: Words, secrets: readonly string[]): Words {
	const clean = (text: string | undefined) => secrets.reduce((rest, secret) => rest?.replaceAll(secret, '*****'), text);
	return { ...words, title: clean(words.title), details: clean(words.details) };
}
