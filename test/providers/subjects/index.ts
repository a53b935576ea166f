import { dialog360Cloud, dialog360Hosted } from './dialog360';
import { metaCloud } from './metaCloud';
import { oneMsg } from './oneMsg';
import { onPremises } from './onPremises';
import type { Subject } from './subject';
import { waCr } from './waCr';

/** For tests that go through all providers. */
export const subjects: readonly Subject[] = [dialog360Cloud, dialog360Hosted, metaCloud, oneMsg, onPremises, waCr];

/** The webhook bodies of a provider, by the value of 'Provider'. */
export function webhookBodies(provider: string): unknown[] {
	const subject = subjects.find((one) => one.provider === provider);
	return (subject?.webhook?.payloads ?? []).map(({ body }) => body);
}
