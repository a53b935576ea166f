import type { SandboxProvider } from '../provider';
import { dialog360, dialog360OnPremises } from './dialog360';
import { metaCloud } from './metaCloud';
import { oneMsg } from './oneMsg';
import { onPremises } from './onPremises';
import { waCr } from './waCr';

/** Every emulator by its id. To add one, write a folder beside this file and add it here. */
export const emulators = { dialog360, dialog360OnPremises, metaCloud, oneMsg, onPremises, waCr };

export const providers: readonly SandboxProvider[] = Object.values(emulators);
