interface Words {
	title?: string | undefined;
	details?: string | undefined;
}

/** A provider's words can quote the message: no code and no number may go on from there (docs/reference/verification-rules.md 1.13). */
export function redact<Said extends Words>(said: Said, secrets: readonly string[]): Said {
	const clean = (text: string) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '*****'), text);
	return {
		...said,
		...(said.title === undefined ? {} : { title: clean(said.title) }),
		...(said.details === undefined ? {} : { details: clean(said.details) }),
	};
}
