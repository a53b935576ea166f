import { codeCharacters, type NewCode } from './code';
import { InvalidRequestError } from './errors';
import { readPhone } from './phone';
import type { Policy } from './policy';

/** A number that gets no message and has a fixed code, for reviewers of an app and for automatic tests. */
export interface TestNumber {
	/** With + and country code. */
	phone: unknown;
	code: string;
}

/** What is stored as the provider of a send for which none was called. */
export const testProvider = 'test';

const maxTestNumbers = 20;

/**
 * The codes by number, in E.164. Only the same number is a test number, not one with or without an optional digit.
 * @throws InvalidRequestError, which names neither numbers nor codes
 */
export async function readTestNumbers(
	numbers: readonly TestNumber[],
	{ codeAlphabet, codeLength }: Pick<Policy, 'codeAlphabet' | 'codeLength'>,
): Promise<ReadonlyMap<string, NewCode>> {
	if (numbers.length > maxTestNumbers) {
		throw invalid(`'Test Numbers' must have at most ${maxTestNumbers} numbers`, 'Remove numbers that are not used');
	}
	const codes = new Map<string, NewCode>();
	for (const [index, { phone, code: typed }] of numbers.entries()) {
		const read = await readPhone(phone);
		if ('invalid' in read) {
			throw invalid(`Number ${index + 1} in 'Test Numbers' is not valid`, 'Write it with + and country code');
		}
		const code = typed.trim().toUpperCase();
		const { characters, name } = codeCharacters[codeAlphabet];
		if (code.length !== codeLength || !characters.test(code)) {
			throw invalid(
				`Code ${index + 1} in 'Test Numbers' must have ${codeLength} ${name}`,
				"Change the code, or the options 'Code Length' and 'Code Alphabet'",
			);
		}
		codes.set(read.e164, { code, shape: `t${codeLength}` });
	}
	return codes;
}

/** Nothing knows the fixed code but the list. */
export function missingTestNumber(): InvalidRequestError {
	return invalid(
		"The verification is of a test number, but 'Test Numbers' does not have the number",
		"Add the number and its code to the option 'Test Numbers'",
	);
}

function invalid(message: string, fix: string): InvalidRequestError {
	return new InvalidRequestError('testNumbers', message, fix);
}
