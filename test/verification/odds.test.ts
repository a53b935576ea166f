import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeLengths } from '../../verification/code';
import { failureBudget } from '../../verification/limits';
import { defaultLimits, policySchema } from '../../verification/policy';
import { countIn, restOf } from '../../verification/rules/counters';
import { hour, second } from './verifier';

const page = readFileSync(join(__dirname, '../../docs/security-model.md'), 'utf8');
const { maxAttempts } = policySchema.parse({});
const day = 24 * hour;

/** The most wrong codes that a phone allows in any 24 hours of a year, one each second, without a right one. */
function mostFailedChecksInADay(): number {
	const budget = failureBudget('a phone', defaultLimits);
	const failed: number[] = [];
	let counters = {};
	let [now, most] = [0, 0];
	while (now < 365 * day) {
		const rest = restOf(counters, budget, now);
		if (rest === undefined) {
			counters = countIn(counters, [budget], now);
			failed.push(now);
			most = Math.max(most, failed.filter((moment) => moment > now - day).length);
		}
		now += rest ?? second;
	}
	return most;
}

describe('The odds in docs/security-model.md', () => {
	test.each([
		['6 digits', 10 ** codeLengths.digits.min],
		['7 digits', 10 ** 7],
		['8 digits', 10 ** codeLengths.digits.max],
		['6 letters and digits (of 31)', 31 ** 6],
		['8 letters and digits (of 31)', 31 ** 8],
	])('are those of the default limits: %s', (codes, possible) => {
		const checksInADay = maxAttempts * defaultLimits.perPhoneDay;
		const odds = [maxAttempts, checksInADay, 365 * checksInADay].map(
			(checks) => `1 in ${Math.round(possible / checks).toLocaleString('en-US')}`,
		);
		expect(page).toContain(`\n| ${[codes, ...odds].join(' | ')} |\n`);
		expect(page).toContain(`The ${checksInADay} checks of a phone's ${defaultLimits.perPhoneDay} sends in a day`);
	});

	test('name the most wrong codes in 24 hours', () => {
		expect(page).toContain(`so that ${mostFailedChecksInADay()} fit into 24 hours`);
	});
});
