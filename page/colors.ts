/** Red, green and blue, 0 to 255. */
export type Color = readonly [number, number, number];

export const black: Color = [0, 0, 0];
export const white: Color = [255, 255, 255];

/** Reads `#rgb` and `#rrggbb`. */
export function parseColor(text: string): Color | undefined {
	const [, short, long] = /^\s*#(?:([\da-f]{3})|([\da-f]{6}))\s*$/i.exec(text) ?? [];
	const digits = long ?? short?.replace(/./g, '$&$&');
	if (digits === undefined) return undefined;
	const part = (from: number) => Number.parseInt(digits.slice(from, from + 2), 16);
	return [part(0), part(2), part(4)];
}

export function formatColor(color: Color): string {
	return `#${color.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** From 1 to 21, as https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio defines it. */
export function contrast(one: Color, other: Color): number {
	const [lower = 0, higher = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
	return (higher + 0.05) / (lower + 0.05);
}

/** White if it can be read on the background, otherwise black. One of the two always reaches 4.5. */
export function textOn(background: Color): Color {
	return contrast(white, background) >= 4.5 ? white : black;
}

/** The color itself, or as little darker or lighter as it must be for a contrast of `minimum` to the background. */
export function readableOn(background: Color, color: Color, minimum: number): Color {
	const target = contrast(white, background) > contrast(black, background) ? white : black;
	for (let share = 0; share < 1; share += 0.02) {
		const mixed = mix(color, target, share);
		if (contrast(mixed, background) >= minimum) return mixed;
	}
	return target;
}

function mix(color: Color, target: Color, share: number): Color {
	const part = (index: 0 | 1 | 2) => Math.round(color[index] + (target[index] - color[index]) * share);
	return [part(0), part(1), part(2)];
}

function luminance(color: Color): number {
	const linear = (part: number) => {
		const value = part / 255;
		return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
	};
	return 0.2126 * linear(color[0]) + 0.7152 * linear(color[1]) + 0.0722 * linear(color[2]);
}
