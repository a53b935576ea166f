export { begin } from './begin';
export { check, undecided } from './check';
export { giveBack, reserve } from './counters';
export { recordDelivery, recordSend } from './deliveries';
export { drop, due, watch } from './drops';
export { end, find, point, probe, remember } from './records';
export type { Script } from './script';
