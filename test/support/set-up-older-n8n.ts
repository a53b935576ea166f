import { installN8n } from '../../dev/n8n/install';
import createScratchFolder from './scratch-folder';

/** jest's global set-up of the lane that needs an older n8n server (see set-up-n8n.ts). */
export default async function setUpOlderN8n(): Promise<void> {
	await createScratchFolder();
	await installN8n((line) => console.log(line), 'older');
}
