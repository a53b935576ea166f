/** A version of the Graph API. */
interface GraphVersion {
	name: `v${number}.0`;
	/** The day on which it ends, as an ISO date; undefined if Meta has not announced it. */
	ends?: string;
}

/** The newest first, with the end that Meta announces (docs/reference/providers.md 1.12). */
const versions: readonly GraphVersion[] = [
	{ name: 'v26.0' },
	{ name: 'v25.0', ends: '2028-07-29' },
	{ name: 'v24.0', ends: '2028-02-18' },
	{ name: 'v23.0', ends: '2027-10-08' },
	{ name: 'v22.0', ends: '2027-05-20' },
	{ name: 'v21.0', ends: '2027-01-21' },
	{ name: 'v20.0', ends: '2026-09-24' },
];

/** The version if the credential names none. The newest but one: other people have tried it for months. */
export const defaultVersion = 'v25.0';

/** The versions that the credential offers, and how long each lives. */
export const offeredVersions = versions
	.filter(({ name }) => numberOf(name) >= 23)
	.map(({ name, ends }) => ({
		name: name === defaultVersion ? `${name} (Recommended)` : name,
		value: name,
		description: ends === undefined ? 'Meta has not announced its end' : `Ends on ${dayOf(ends)}`,
	}));

/** Days before its end in which a version needs to be replaced. */
const noticeDays = 90;

/** @returns what to tell a builder whose version ends soon or has ended, as a sentence; undefined if it lives on */
export function versionHint(name: string, now: Date): string | undefined {
	const ended = endOf(name, now);
	if (ended !== undefined) return `${ended} Choose ${successorOf(name)} in the credential.`;
	const ends = versions.find((version) => version.name === name)?.ends;
	if (ends === undefined || Date.parse(ends) - now.getTime() > noticeDays * 24 * 3600 * 1000) return undefined;
	return (
		`'API Version' ${name} in the credential ends on ${dayOf(ends)}. ` + `Choose ${successorOf(name)} before that day.`
	);
}

/**
 * Meta runs the calls of an ended version as the oldest one that is left, which has other rules.
 * @returns that it has ended, as a sentence; undefined if it has not
 */
export function endOf(name: string, now: Date): string | undefined {
	const isEnded = ({ ends }: GraphVersion) => ends !== undefined && Date.parse(ends) <= now.getTime();
	const known = versions.find((version) => version.name === name);
	const isOlder =
		known === undefined && numberOf(name) < Math.min(...versions.map((version) => numberOf(version.name)));
	if (!isOlder && (known === undefined || !isEnded(known))) return undefined;
	const when = known?.ends === undefined ? '' : ` on ${dayOf(known.ends)}`;
	return `'API Version' ${name} ended${when}, so that Meta runs its calls as a newer version with other rules.`;
}

/** What to choose in place of a version. */
const successorOf = (name: string) => (numberOf(name) < numberOf(defaultVersion) ? defaultVersion : versions[0]?.name);

function numberOf(name: string): number {
	return Number(name.replace(/^v/, ''));
}

/** Such as 8 October 2027. */
function dayOf(isoDate: string): string {
	const format = { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
	return new Date(isoDate).toLocaleDateString('en-GB', format);
}
