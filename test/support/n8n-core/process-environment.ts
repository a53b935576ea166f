/** Runs `action` with these environment variables, then restores the old ones. Undefined removes a variable. */
export async function withEnvironment<T>(
	variables: Record<string, string | undefined>,
	action: () => Promise<T>,
): Promise<T> {
	const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
	assign(Object.entries(variables));
	try {
		return await action();
	} finally {
		assign(before);
	}
}

function assign(variables: ReadonlyArray<readonly [string, string | undefined]>): void {
	for (const [name, value] of variables) {
		if (value === undefined) delete process.env[name];
		else process.env[name] = value;
	}
}
