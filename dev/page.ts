import { pageLanguages } from '../page';
import { startPageServer } from './page-server';
import { exampleLook, pageStates } from './page-states';

/** Shows the sign-in page in every state and language, to look at it: `npm run page`. */
async function main(): Promise<void> {
	const { url } = await startPageServer(({ path }) => (path === '/' ? list() : stateAt(path)));
	console.log(`The sign-in page in all its states: ${url}`);
}

/** `/de/code` */
function stateAt(path: string) {
	const [, language = '', ...name] = path.split('/');
	const view = pageStates[name.join('/')];
	return view && { ...view, language, look: exampleLook };
}

function list(): string {
	const rows = Object.keys(pageStates).map((state) => {
		const links = pageLanguages.map((language) => `<a href="/${language}/${state}">${language}</a>`);
		return `<li>${state}: ${links.join(' ')}</li>`;
	});
	return `<!doctype html><title>States of the sign-in page</title><ul>${rows.join('')}</ul>`;
}

void main();
