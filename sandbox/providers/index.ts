import type { ProviderId } from '../accounts';
import type { SandboxProvider } from '../provider';
import { dialog360Cloud } from './dialog360/cloud';
import { dialog360OnPremises } from './dialog360/on-premises';
import { metaCloud } from './metaCloud';
import { oneMsg } from './oneMsg';
import { onPremises } from './onPremises';
import { waCr } from './waCr';

const providersById: Record<ProviderId, SandboxProvider> = {
	dialog360: dialog360Cloud,
	dialog360OnPremises,
	metaCloud,
	oneMsg,
	onPremises,
	waCr,
};

export const providers = Object.values(providersById);

export function providerOf(id: ProviderId): SandboxProvider {
	return providersById[id];
}
