import { formatColor, parseColor, readableOn, textOn, type Color } from './colors';
import { withoutIndents } from './html';

const defaultAccent: Color = [14, 124, 84];

/** The surfaces on which text stands: the page and the card, in light and in dark. */
export const surfaces = {
	light: { page: [245, 247, 248], card: [255, 255, 255] },
	dark: { page: [13, 17, 20], card: [22, 28, 33] },
} as const satisfies Record<'light' | 'dark', Record<'page' | 'card', Color>>;

/**
 * What follows from the builder's color and the length of the code. A Content-Security-Policy that allows no style
 * attributes leaves only a style sheet for it.
 */
export function styleOf(accentColor: string | undefined, codeLength: number): string {
	const accent = parseColor(accentColor ?? '') ?? defaultAccent;
	const { light, dark } = surfaces;
	// The surface with the lower contrast decides: the darker one in light, the lighter one in dark.
	const gap = codeLength > 8 ? 4 : 8;
	return [
		`:root{--accent:${formatColor(accent)};--on-accent:${formatColor(textOn(accent))};`,
		`--length:${codeLength};--gap:${gap}px;${shades(accent, light.page)}}`,
		`@media(prefers-color-scheme:dark){:root{${shades(accent, dark.card)}}}`,
	].join('');
}

/** `--link` for text, `--edge` for outlines (https://www.w3.org/TR/WCAG22/#non-text-contrast). */
function shades(accent: Color, surface: Color): string {
	const link = formatColor(readableOn(surface, accent, 4.5));
	return `--link:${link};--edge:${formatColor(readableOn(surface, accent, 3))}`;
}

const colors = (scheme: 'light' | 'dark') => {
	const { page, card } = surfaces[scheme];
	return `--page:${formatColor(page)};--card:${formatColor(card)}`;
};

/** The same for all pages. */
export const style = withoutIndents(`
:root {
	color-scheme: light dark;
	${colors('light')};
	--ink: #131a1f; --quiet: #55616b; --line: #e3e8eb; --field: #7f8b95; --well: #fff;
	--bad: #b3261e; --bad-well: #fdf1f0; --good: #0b6b47; --good-well: #edf7f2;
	--shadow: 0 1px 2px rgb(16 24 32 / .05), 0 12px 32px rgb(16 24 32 / .08);
}
@media (prefers-color-scheme: dark) {
	:root {
		${colors('dark')};
		--ink: #f0f3f5; --quiet: #a5b0b9; --line: #2a333b; --field: #76828d; --well: #11171b;
		--bad: #ffb4ab; --bad-well: #2c1a1a; --good: #7fd8ae; --good-well: #14261f;
		--shadow: 0 1px 2px rgb(0 0 0 / .4), 0 16px 40px rgb(0 0 0 / .35);
	}
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body {
	margin: 0; min-height: 100vh; min-height: 100dvh; padding: 24px 16px;
	display: flex; flex-direction: column; align-items: center; justify-content: center; gap: 20px;
	background: var(--page); color: var(--ink);
	font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", Arial, sans-serif;
	overflow-wrap: anywhere;
}
main {
	width: 100%; max-width: 432px; padding: 40px; border: 1px solid var(--line); border-radius: 20px;
	background: var(--card); box-shadow: var(--shadow);
}
.logo { display: block; max-width: 180px; height: 48px; margin: 0 0 24px; object-fit: contain; object-position: left; }
[dir=rtl] .logo { object-position: right; }
.mark {
	display: grid; place-items: center; width: 52px; height: 52px; margin: 0 0 24px; border-radius: 15px;
	background: var(--accent); color: var(--on-accent); box-shadow: 0 0 0 1px var(--edge);
}
.mark svg { width: 28px; height: 28px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round;
	stroke-linejoin: round; }
.mark.bad { background: var(--bad-well); color: var(--bad); box-shadow: none; }
.mark.quiet { background: var(--page); color: var(--quiet); box-shadow: none; }
.brand { margin: 0 0 6px; color: var(--quiet); font-size: 14px; font-weight: 600; }
h1 {
	margin: 0 0 8px; font-size: 26px; line-height: 1.25; font-weight: 700; letter-spacing: -.015em;
	text-wrap: balance;
}
:lang(ar) h1, :lang(hi) h1 { letter-spacing: 0; line-height: 1.4; }
h1:focus { outline: none; }
p { margin: 0; }
.lead { margin: 0 0 28px; color: var(--quiet); white-space: pre-line; }
.lead:has(+ .lead) { margin-bottom: 8px; color: var(--ink); }
.lead bdi[dir] { color: var(--ink); font-weight: 600; white-space: nowrap; }
.last { margin-bottom: 0; }
label { display: block; margin: 0 0 8px; font-size: 14px; font-weight: 600; }
.number {
	display: flex; align-items: stretch; border: 1.5px solid var(--field); border-radius: 12px; background: var(--well);
	overflow: hidden;
}
.number span {
	display: flex; align-items: center; padding: 0 0 0 16px; color: var(--quiet); font-size: 18px;
	font-variant-numeric: tabular-nums; white-space: nowrap;
}
.number:has(input[data-typed="+"]) span { display: none; }
.number span + input { padding-left: 10px; }
input {
	width: 100%; margin: 0; border: 0; outline: 0; background: transparent; color: inherit;
	font: inherit; font-size: 18px; caret-color: var(--edge);
}
.number input { min-width: 0; height: 54px; padding: 0 16px; letter-spacing: .01em; }
.number input::placeholder { color: var(--quiet); opacity: 1; }
.number:focus-within { border-color: var(--edge); box-shadow: 0 0 0 1px var(--edge); }
.wrong .number, .wrong .boxes i { border-color: var(--bad); }
.wrong .number:focus-within { box-shadow: 0 0 0 1px var(--bad); }
.hint { margin: 8px 0 0; color: var(--quiet); font-size: 14px; }
.error, .note { margin: 12px 0 0; padding: 10px 14px; border-radius: 10px; font-size: 14px; line-height: 1.45; }
.error { white-space: pre-line; background: var(--bad-well); color: var(--bad); }
.error:empty { display: none; }
.note { margin: 0 0 24px; background: var(--good-well); color: var(--good); }
.code {
	--room: 350px;
	--cell: min(60px, calc((var(--room) + var(--gap)) / var(--length) - var(--gap)));
	position: relative; direction: ltr; height: max(48px, calc(var(--cell) * 1.16)); overflow: hidden;
	width: calc((var(--cell) + var(--gap)) * var(--length) - var(--gap));
	max-width: 100%;
}
.boxes { display: flex; gap: var(--gap); height: 100%; }
.boxes i {
	flex: none; width: var(--cell); border: 1.5px solid var(--field); background: var(--well);
	border-radius: min(12px, calc(var(--cell) * .25));
}
.code:focus-within i.next { border-color: var(--edge); box-shadow: inset 0 0 0 1px var(--edge); }
.code input {
	position: absolute; inset: 0; width: calc(100% + var(--cell) * 2); height: 100%;
	font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace;
	font-size: max(16px, calc(var(--cell) * .5)); font-weight: 600;
	padding: 0 0 0 calc((var(--cell) - 1ch) / 2); letter-spacing: calc(var(--cell) + var(--gap) - 1ch);
}
.code:focus-within { outline: 2px solid transparent; }
.plain.code:focus-within i { border-color: var(--edge); }
.meta {
	display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; margin: 12px 0 0;
	color: var(--quiet); font-size: 14px; font-variant-numeric: tabular-nums;
}
button, .button {
	display: flex; align-items: center; justify-content: center; gap: 10px; width: 100%; min-height: 54px;
	margin: 24px 0 0; padding: 10px 20px; border: 1px solid var(--edge); border-radius: 12px;
	background: var(--accent); color: var(--on-accent); font: inherit; font-size: 17px; font-weight: 600;
	text-align: center; text-decoration: none; cursor: pointer; transition: filter .15s;
}
button:hover, .button:hover { filter: brightness(.94); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--edge); outline-offset: 3px; }
[aria-busy=true] button { cursor: progress; }
[aria-busy=true] button[type=submit]:not(.link)::before {
	content: ""; width: 18px; height: 18px; border: 2.5px solid; border-top-color: transparent; border-radius: 50%;
	animation: turn .8s linear infinite;
}
@keyframes turn { to { transform: rotate(1turn); } }
@media (prefers-reduced-motion: reduce) { * { animation-duration: 3s !important; transition: none !important; } }
.others button:not(.link) { margin: 0; }
.others { display: flex; flex-wrap: wrap; justify-content: space-between; gap: 4px 20px; margin: 20px 0 0; }
.link {
	width: auto; min-height: 32px; margin: 0; padding: 4px 0; border: 0; border-radius: 6px;
	background: none; color: var(--link); font-size: 14px; text-align: start; font-variant-numeric: tabular-nums;
}
.link:hover { filter: none; text-decoration: underline; text-underline-offset: 3px; }
.link:disabled { color: var(--quiet); cursor: default; text-decoration: none; }
footer { font-size: 13px; }
footer a { display: inline-block; padding: 4px; color: var(--quiet); text-underline-offset: 3px; }
.unseen { position: absolute; width: 1px; height: 1px; margin: -1px; overflow: hidden; clip-path: inset(50%); }
.turnstile { margin: 20px 0 0; min-height: 65px; }
@media (max-width: 480px) {
	body { padding: 0; justify-content: flex-start; background: var(--card); gap: 0; }
	main { max-width: none; padding: 40px 24px 24px; border: 0; border-radius: 0; box-shadow: none; }
	.code { --room: calc(100vw - 48px); }
	footer { margin-top: auto; padding: 16px 24px 24px; }
	.mark.quiet { background: var(--line); }
}
`);

/** For the theme of the browser around the page. */
export const themeColors = { light: formatColor(surfaces.light.page), dark: formatColor(surfaces.dark.card) };
