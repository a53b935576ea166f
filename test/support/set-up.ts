import { installN8n } from '../../dev/n8n/install';
import createScratch from './n8n-core/scratch';

/**
 * jest's global set-up: where the n8n server is not installed yet, that takes minutes, which no test's time
 * limit has room for and whose progress a person should see.
 */
export default async function setUp(): Promise<void> {
	await createScratch();
	await installN8n((line) => console.log(line));
}
