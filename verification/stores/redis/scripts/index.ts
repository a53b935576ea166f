export { begin } from './begin';
export { check, undecided } from './check';
export { giveBack, reserve } from './counters';
export { recordDelivery, recordSend } from './deliveries';
export { drop, due, watch } from './dropped-messages';
export { end, find, point, probe, remember } from './verifications';
export type { Script } from './script';
