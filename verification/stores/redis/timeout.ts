/**
 * Waits for an answer, at most this many milliseconds.
 * @throws what `toError` makes if the answer takes longer
 */
export async function withTimeout<Answer>(
	answer: Promise<Answer>,
	timeoutMs: number,
	toError: () => Error,
): Promise<Answer> {
	let timer: NodeJS.Timeout | undefined;
	const timeout = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(toError()), timeoutMs);
	});
	try {
		return await Promise.race([answer, timeout]);
	} finally {
		clearTimeout(timer);
	}
}
