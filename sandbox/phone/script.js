/* global document, window, location, navigator, history, EventSource, URLSearchParams */
/* global fetch, setTimeout, clearTimeout, setInterval */
'use strict';

const byId = (id) => document.getElementById(id);
const digits = (number) => number.replace(/\D/g, '');
const shortTime = { hour: '2-digit', minute: '2-digit', hour12: false };
const clockTime = (date) => date.toLocaleTimeString([], shortTime);

/** The articles on screen by message id. An update changes them in place, so a pressed button stays pressed. */
const shown = new Map();
/** Ids of the messages that this page has reported as read. */
const reported = new Set();

let messages = [];
let isFirst = true;
// In a link with ?to=+1555... the plus arrives as a space.
let chosen = digits(new URLSearchParams(location.search).get('to') ?? '');

/* Copying */

let toastTimer;
function toast(text) {
	byId('toast').textContent = text;
	byId('toast').classList.add('shown');
	clearTimeout(toastTimer);
	toastTimer = setTimeout(() => byId('toast').classList.remove('shown'), 1800);
}

/** For a page that is not a secure context, for example one opened from another device. */
function copyBySelection(text) {
	const field = document.createElement('textarea');
	field.value = text;
	field.style.position = 'fixed';
	field.style.opacity = '0';
	document.body.append(field);
	field.select();
	const isCopied = document.execCommand('copy');
	field.remove();
	return isCopied;
}

async function copy(text) {
	try {
		await navigator.clipboard.writeText(text);
		return true;
	} catch {
		return copyBySelection(text);
	}
}

const copied = {
	COPY_CODE: 'Code copied',
	ONE_TAP: 'Copied. On a real phone, your app fills in the code.',
	ZERO_TAP: 'Copied. On a real phone, your app already has the code.',
};

async function press(button, message) {
	const label = button.querySelector('span');
	const icon = button.querySelector('use');
	const before = [label.textContent, icon.getAttribute('href')];
	if (!(await copy(message.code))) {
		toast('The browser did not allow copying the code');
		return;
	}
	toast(copied[message.button.type]);
	label.textContent = 'Copied';
	icon.setAttribute('href', '#done');
	button.classList.add('copied');
	button.disabled = true;
	setTimeout(() => {
		label.textContent = before[0];
		icon.setAttribute('href', before[1]);
		button.classList.remove('copied');
		button.disabled = isOver(message);
	}, 1600);
}

function report(button, { id }) {
	button.disabled = true;
	const headers = { 'content-type': 'application/json' };
	fetch('/phone/reported', { method: 'POST', headers, body: JSON.stringify({ ids: [id] }) })
		.then(() => toast('The business was told'))
		.catch(() => (button.disabled = false));
}

/* Messages */

/** Without a time in the template, one-tap and zero-tap buttons live ten minutes: docs/reference/providers.md 1.1. */
function endOf(message) {
	if (message.expiresAt) return Date.parse(message.expiresAt);
	return message.button.type === 'COPY_CODE' ? Infinity : Date.parse(message.acceptedAt) + 600_000;
}

const isOver = (message) => Date.now() >= endOf(message);

const kinds = { COPY_CODE: '', ONE_TAP: ' · one-tap', ZERO_TAP: ' · zero-tap' };

function writeText(paragraph, { text, code }) {
	const [before, ...after] = text.split(`*${code}*`);
	const strong = document.createElement('strong');
	strong.textContent = code;
	paragraph.append(before, strong, after.join(`*${code}*`));
}

function newArticle(message) {
	const isSms = message.channel === 'sms';
	const article = byId(isSms ? 'sms' : 'message').content.cloneNode(true).firstElementChild;
	article.querySelector('time').textContent = clockTime(new Date(message.acceptedAt));
	article.classList.toggle('fresh', !isFirst);
	if (isSms) article.querySelector('.text').textContent = message.text;
	else fillIn(article, message);
	return article;
}

function fillIn(article, message) {
	const part = (selector) => article.querySelector(selector);
	const isOneTap = message.button.type === 'ONE_TAP';
	writeText(part('.text'), message);
	part('.expiry').textContent = message.footer ?? '';
	part('button span').textContent = isOneTap ? message.button.autofillText : message.button.text;
	part('button use').setAttribute('href', isOneTap ? '#fill' : '#copy');
	part('button').addEventListener('click', () => press(part('button'), message));
	part('.report').hidden = !message.canReport;
	part('.report').addEventListener('click', () => report(part('.report'), message));
	part('.via').textContent = `${message.providerName}${kinds[message.button.type]}`;
}

function update(article, message) {
	if (message.channel === 'sms') return;
	const button = article.querySelector('button');
	article.dataset.status = message.status;
	article.querySelector('.status').textContent = message.status;
	const isOneTick = message.status === 'accepted' || message.status === 'sent';
	article.querySelector('.state use').setAttribute('href', isOneTick ? '#tick' : '#ticks');
	button.disabled ||= isOver(message);
}

function dayLine(message) {
	const day = new Date(message.acceptedAt);
	const line = document.createElement('p');
	line.className = 'day';
	const isToday = day.toDateString() === new Date().toDateString();
	line.textContent = isToday ? 'Today' : day.toLocaleDateString([], { dateStyle: 'long' });
	return line;
}

function emptyNote() {
	const note = byId('empty').content.cloneNode(true);
	note.querySelector('p').textContent = chosen
		? `A code sent to +${chosen} appears here.`
		: 'Send a code to any number with the WhatsApp OTP node and a credential of this sandbox. ' +
			'It appears here at once.';
	return note;
}

function showChat() {
	const chat = byId('chat');
	const own = messages.filter(({ to }) => to === chosen);
	const owner = own[0]?.number ?? (chosen && `+${chosen}`);
	byId('owner').textContent = owner ? `On the phone ${owner}` : 'Business account';
	if (own.length === 0) {
		chat.replaceChildren(emptyNote());
		return;
	}
	const wasAtEnd = chat.scrollHeight - chat.scrollTop - chat.clientHeight < 80;
	const articles = own.map((message) => {
		if (!shown.has(message.id)) shown.set(message.id, newArticle(message));
		const article = shown.get(message.id);
		update(article, message);
		return article;
	});
	const isSame = [...chat.querySelectorAll('.message')].every((one, index) => one === articles[index]);
	if (!isSame || chat.querySelectorAll('.message').length === 0) chat.replaceChildren(dayLine(own[0]));
	chat.append(...articles.filter((article) => article.parentNode !== chat));
	if (wasAtEnd) chat.scrollTop = chat.scrollHeight;
}

/* Phones */

function newPhone(number) {
	const button = document.createElement('button');
	button.type = 'button';
	button.dataset.to = number;
	button.innerHTML =
		'<span class="avatar"><svg class="icon"><use href="#phone" /></svg></span>' +
		'<strong></strong><time></time><small></small><span class="unread"></span>';
	button.addEventListener('click', () => {
		chosen = number;
		history.replaceState(null, '', `?to=%2B${number}`);
		isFirst = true;
		show();
		isFirst = false;
	});
	return button;
}

function showPhones() {
	const numbers = [...new Set(messages.map(({ to }) => to).reverse())];
	const list = byId('phones');
	list.dataset.count = String(numbers.length);
	const buttons = numbers.map((number) => {
		const own = messages.filter(({ to }) => to === number);
		const last = own.at(-1);
		const unread = own.filter(({ status, id }) => status !== 'read' && !reported.has(id)).length;
		const button = list.querySelector(`[data-to="${number}"]`) ?? newPhone(number);
		button.setAttribute('aria-current', String(number === chosen));
		button.querySelector('strong').textContent = last.number;
		button.querySelector('time').textContent = clockTime(new Date(last.acceptedAt));
		button.querySelector('small').textContent = own.length === 1 ? '1 code' : `${own.length} codes`;
		button.querySelector('.unread').textContent = number !== chosen && unread > 0 ? String(unread) : '';
		return button;
	});
	list.replaceChildren(...buttons);
}

/** Reports the messages on screen as read. A tab in the background does not count. */
function reportViewed() {
	if (document.visibilityState !== 'visible') return;
	const ids = messages
		.filter(({ to, status, id }) => to === chosen && status !== 'read' && !reported.has(id))
		.map(({ id }) => id);
	if (ids.length === 0) return;
	for (const id of ids) reported.add(id);
	const headers = { 'content-type': 'application/json' };
	fetch('/phone/viewed', { method: 'POST', headers, body: JSON.stringify({ ids }) }).catch(() => {
		for (const id of ids) reported.delete(id);
	});
}

function show() {
	if (!chosen) chosen = messages.at(-1)?.to ?? '';
	reportViewed();
	showPhones();
	showChat();
}

function showCredentials(credentials) {
	const parts = credentials.flatMap(({ name, fields }) => {
		const title = document.createElement('h2');
		title.textContent = `${name} credential`;
		const list = document.createElement('dl');
		for (const [label, value] of Object.entries(fields)) {
			const term = document.createElement('dt');
			const description = document.createElement('dd');
			term.textContent = label;
			description.textContent = value;
			list.append(term, description);
		}
		return [title, list];
	});
	byId('credentials').replaceChildren(...parts);
}

function tick() {
	byId('clock').textContent = clockTime(new Date());
	for (const message of messages) {
		const article = shown.get(message.id);
		if (article) update(article, message);
	}
}

new EventSource('/phone/events').addEventListener('message', ({ data }) => {
	messages = JSON.parse(data);
	show();
	isFirst = false;
});
fetch('/phone/credentials')
	.then((response) => response.json())
	.then(showCredentials);
document.addEventListener('visibilitychange', () => show());
window.addEventListener('focus', () => show());
setInterval(tick, 1000);
tick();
