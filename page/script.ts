import { withoutIndents } from './html';

/**
 * What the page does with JavaScript. Without it, every form still works. It stands here as text, because it is sent to
 * the browser, and its hash is part of the Content-Security-Policy. It uses no other file and asks for nothing.
 */
export const script = withoutIndents(`(() => {
'use strict';
const byId = (id) => document.getElementById(id);

// A reload must not post again.
history.replaceState(null, '', location.href);

const live = byId('live');
const announce = (text) => { live.textContent = text; };

// A form is posted once. A page that the browser restores from its history can be used again.
const forms = [...document.forms];
let isSent = false;
const setSent = (form, sent) => {
	isSent = sent;
	announce(sent ? live.dataset.wait : '');
	if (sent) form.setAttribute('aria-busy', 'true');
	else for (const one of forms) one.removeAttribute('aria-busy');
};
addEventListener('pageshow', ({ persisted }) => persisted && setSent(undefined, false));
for (const form of forms) {
	form.addEventListener('submit', (event) => {
		if (isSent) return event.preventDefault();
		setSent(form, true);
		if (form.dataset.challenge && !form.elements.altcha.value) {
			event.preventDefault();
			const post = () => form.submit();
			solveOnce(form).then(post, post);
		}
	});
}

// The number: a typed + replaces the country that is shown before the field.
const phone = byId('phone');
if (phone) {
	const show = () => { phone.dataset.typed = phone.value.trim().replace('\\uff0b', '+').slice(0, 1); };
	phone.addEventListener('input', show);
	phone.addEventListener('input', () => { if (phone.form.dataset.challenge) solveOnce(phone.form).catch(() => {}); });
	show();
}

// Proof of work, version 2 of ALTCHA's protocol: find the counter whose derived key begins with the prefix.
let solution;
const solveOnce = (form) => solution ??= solve(form);
async function solve(form) {
	const challenge = JSON.parse(form.dataset.challenge);
	// Browsers have no cryptography without https. Then the page posts as it does without JavaScript.
	if (!globalThis.crypto?.subtle) return;
	const { nonce, salt, cost, keyLength, keyPrefix } = challenge.parameters;
	const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
	const password = new Uint8Array([...bytes(nonce), 0, 0, 0, 0]);
	const counterOf = new DataView(password.buffer);
	const method = { name: 'PBKDF2', hash: 'SHA-256', salt: bytes(salt), iterations: cost };
	const began = performance.now();
	for (let counter = 0; ; counter += 1) {
		counterOf.setUint32(password.length - 4, counter);
		const key = await crypto.subtle.importKey('raw', password, 'PBKDF2', false, ['deriveBits']);
		const derived = new Uint8Array(await crypto.subtle.deriveBits(method, key, keyLength * 8));
		const derivedKey = Array.from(derived, (byte) => byte.toString(16).padStart(2, '0')).join('');
		if (!derivedKey.startsWith(keyPrefix.toLowerCase())) continue;
		const time = Math.round(performance.now() - began);
		form.elements.altcha.value = btoa(JSON.stringify({ challenge, solution: { counter, derivedKey, time } }));
		return;
	}
}

// The code: one field that looks like boxes.
const code = byId('code');
if (code) {
	const form = code.form;
	const boxes = [...document.querySelectorAll('.boxes i')];
	const isDigits = form.dataset.alphabet === 'digits';
	byId('boxes').classList.remove('plain');
	// Digits of Arabic and Devanagari keyboards.
	const digit = (typed) => String((typed.charCodeAt(0) + (typed < '\\u0900' ? 0 : 10)) & 15);
	const clean = (text) => text.normalize('NFKC')
		.replace(/[\\u0660-\\u0669\\u06f0-\\u06f9\\u0966-\\u096f]/g, digit)
		.replace(isDigits ? /[^0-9]/g : /[\\s\\u200b-\\u200f\\p{Pd}]/gu, '')
		.slice(0, boxes.length);
	const show = () => boxes.forEach((box, index) => {
		box.classList.toggle('next', index === Math.min(code.value.length, boxes.length - 1));
	});
	code.addEventListener('input', (event) => {
		if (event.isComposing) return;
		const cleaned = clean(code.value);
		if (cleaned !== code.value) code.value = cleaned;
		show();
		if (cleaned.length === boxes.length && !isSent) form.requestSubmit();
	});
	show();
	countDown(form, code);
}

// Times are counted to a moment, so that they are right after the phone has slept.
function countDown(form, code) {
	const began = Date.now();
	const left = (seconds) => Math.max(0, Math.ceil(Number(seconds) - (Date.now() - began) / 1000));
	const clock = (seconds) => Math.floor(seconds / 60) + ':' + String(seconds % 60).padStart(2, '0');
	const life = byId('life');
	const resend = byId('resend');
	const ready = resend?.textContent.trim();
	let hasWarned = Number(form.dataset.expiresIn) < 60;
	let isExpired = false;
	const tick = () => {
		const seconds = left(form.dataset.expiresIn);
		life.textContent = clock(seconds);
		if (seconds < 60 && seconds > 0 && !hasWarned) {
			hasWarned = true;
			announce(form.dataset.expiresSoon);
		}
		const wait = left(resend?.dataset.wait ?? 0);
		if (resend && wait > 0) {
			resend.disabled = true;
			resend.textContent = resend.dataset.waitText.replace('{time}', clock(wait));
		} else if (resend?.disabled) {
			resend.disabled = false;
			resend.textContent = ready;
			announce(resend.dataset.readyText);
		}
		if (seconds === 0 && !isExpired) {
			isExpired = true;
			expire(form, code);
		}
	};
	tick();
	setInterval(tick, 250);
}

// What is left is to request a new code, or to change the number.
function expire(form, code) {
	const hadFocus = form.contains(document.activeElement);
	code.disabled = true;
	for (const id of ['meta', 'confirm']) byId(id).hidden = true;
	byId('error').textContent = form.dataset.expired;
	const [button] = document.querySelectorAll('.others button');
	button?.classList.remove('link');
	if (hadFocus) button?.focus();
}

// The next page. The person does not come back here with the back button.
const next = byId('next');
if (next) location.replace(next.href);
})();
`);
