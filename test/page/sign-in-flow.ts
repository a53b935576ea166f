import type { PageRequest } from '../../dev/page-server';
import { pageStates } from '../../dev/page-states';
import type { CodeView, PageView } from '../../page';

export const rightCode = '123456';

const [number, code] = [pageStates.number, pageStates.code];
if (number?.step !== 'number' || code?.step !== 'code') throw new Error('The states of the page have other names');
const codeView: CodeView = code;
const numberView = number;

/**
 * A host of the page that keeps no state: any number gets the code 123456. It stands for a trigger that calls the
 * verification engine.
 */
export function signInFlow({ post }: PageRequest): PageView {
	if (post === undefined || post.action === 'restart') return numberView;
	switch (post.action) {
		case 'send':
			if (/\d{8}/.test(post.phone.replace(/\D/g, ''))) return codeView;
			return { ...numberView, phone: post.phone, error: post.phone === '' ? 'missing_phone' : 'invalid_phone' };
		case 'resend':
			return { ...codeView, notice: 'resent' };
		case 'verify':
			if (String(post.code).replace(/\s/g, '') === rightCode) return { step: 'done', language: 'en' };
			return { ...codeView, error: 'invalid_code', attemptsRemaining: 4 };
		case 'refuse':
			return { step: 'unavailable', language: 'en' };
	}
}
