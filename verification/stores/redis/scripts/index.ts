export { begin } from './begin';
export { check } from './check';
export { giveBack, reserve } from './counters';
export { recordDelivery, recordSend } from './deliveries';
export { end, find, probe } from './records';
export type { Script } from './script';
