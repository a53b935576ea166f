/** @throws what `late` makes, where the answer takes longer than so many milliseconds */
export async function inTime<Answer>(
	answer: Promise<Answer>,
	milliseconds: number,
	late: () => Error,
): Promise<Answer> {
	let timer: NodeJS.Timeout | undefined;
	const lateness = new Promise<never>((_, reject) => {
		timer = setTimeout(() => reject(late()), milliseconds);
	});
	try {
		return await Promise.race([answer, lateness]);
	} finally {
		clearTimeout(timer);
	}
}
