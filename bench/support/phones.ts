const areas = [201, 212, 305, 312, 415, 512, 617, 702, 818, 917];
const exchanges = 800;

let used = 0;

/** Returns a new US number. Numbers are far apart, because each block of numbers has a limit. */
export function newPhone(): string {
	const block = used % (areas.length * exchanges);
	const line = 5000 + Math.floor(used / (areas.length * exchanges));
	used += 1;
	return `+1${areas[block % areas.length]}${200 + Math.floor(block / areas.length)}${line}`;
}
