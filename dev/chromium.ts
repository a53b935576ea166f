import { existsSync } from 'node:fs';
import { join } from 'node:path';

const defaultPlaces = ['chromium', 'chromium-browser', 'google-chrome'].map((name) => join('/usr/bin', name));

/** The Chromium of this machine, if it has one. The variable CHROMIUM_PATH can name it. */
export function findChromium(): string | undefined {
	const { CHROMIUM_PATH: named } = process.env;
	return [...(named ? [named] : defaultPlaces)].find((place) => existsSync(place));
}
