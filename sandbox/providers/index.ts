import type { ProviderId } from '../accounts';
import type { SandboxProvider } from '../provider';
import { dialog360Cloud } from './dialog360Cloud';

const providersById: Record<ProviderId, SandboxProvider> = {
	dialog360: dialog360Cloud,
};

export const providers = Object.values(providersById);

export function providerOf(id: ProviderId): SandboxProvider {
	return providersById[id];
}
