import type { ErrorEntry } from '../errors';
import { metaErrors, metaSubcodes, metaSentences } from '../meta/error-codes';

/** Meta's error codes; other providers pass them on, so that the tables are in `meta/`. */
export const metaCloudErrors: readonly ErrorEntry[] = [...metaErrors, ...metaSubcodes, ...metaSentences];
