import { installN8n } from '../../dev/n8n/install';
import createScratchFolder from './scratch-folder';

/**
 * jest's global set-up of the lane that needs the n8n server. The first installation takes minutes. No test has a time
 * limit that long, and a person should see the progress.
 */
export default async function setUpN8n(): Promise<void> {
	await createScratchFolder();
	await installN8n((line) => console.log(line));
}
