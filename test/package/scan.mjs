/**
 * `node scan.mjs folder pattern...`: what n8n's official scanner says, as JSON.
 * Runs in a separate process: it is an ES module, and its rules behave differently inside a test runner.
 */
import { analyzePackage } from '@n8n/scan-community-package/scanner/scanner.mjs';

const [folder, ...patterns] = process.argv.slice(2);
const { passed, message = '', details = '' } = await analyzePackage(folder, patterns);
console.log(JSON.stringify({ passed, message, details }));
