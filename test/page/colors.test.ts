import fc from 'fast-check';
import { contrast, formatColor, parseColor, readableOn, textOn, type Color } from '../../page/colors';
import { styleOf, surfaces } from '../../page/style';

const part = fc.integer({ min: 0, max: 255 });
const color: fc.Arbitrary<Color> = fc.tuple(part, part, part);

/** What the style sheet sets, in light and in dark. */
function colorsOf(accent: Color, scheme: 'light' | 'dark') {
	const [light = '', dark = ''] = styleOf(formatColor(accent), 6).split('@media');
	const read = (name: string, css: string): Color => {
		const found = parseColor(new RegExp(`${name}:(#[0-9a-f]{6})`).exec(css)?.[1] ?? '');
		if (found === undefined) throw new Error(`${name} is not in ${css}`);
		return found;
	};
	const shades = scheme === 'light' ? light : dark;
	return {
		accent: read('--accent', light),
		onAccent: read('--on-accent', light),
		link: read('--link', shades),
		edge: read('--edge', shades),
	};
}

describe('the colors of the page', () => {
	it('can be read, with every accent color that the builder can choose', () => {
		fc.assert(
			fc.property(color, fc.constantFrom('light' as const, 'dark' as const), (accent, scheme) => {
				const { page, card } = surfaces[scheme];
				const colors = colorsOf(accent, scheme);
				expect(colors.accent).toEqual(accent);
				expect(contrast(colors.onAccent, accent)).toBeGreaterThanOrEqual(4.5);
				for (const surface of [page, card]) {
					expect(contrast(colors.link, surface)).toBeGreaterThanOrEqual(4.5);
					expect(contrast(colors.edge, surface)).toBeGreaterThanOrEqual(3);
				}
			}),
			{ numRuns: 2000 },
		);
	});

	it('change as little as they must', () => {
		fc.assert(
			fc.property(color, color, (background, accent) => {
				const readable = readableOn(background, accent, 3);
				expect(contrast(readable, background)).toBeGreaterThanOrEqual(3);
				if (contrast(accent, background) >= 3) expect(readable).toEqual(accent);
			}),
		);
	});

	it('are white on a dark color and black on a light one', () => {
		expect(textOn([0, 0, 120])).toEqual([255, 255, 255]);
		expect(textOn([255, 235, 59])).toEqual([0, 0, 0]);
	});

	it.each(['red', '#12', '#12345', '#1234567', 'rgb(1,2,3)', '#fff;}body{display:none', '', '#ggg'])(
		'are the defaults for %j',
		(text) => {
			expect(styleOf(text, 6)).toBe(styleOf(undefined, 6));
		},
	);

	it('can be written with three digits', () => {
		expect(styleOf(' #0Af ', 6)).toBe(styleOf('#00aaff', 6));
	});
});
