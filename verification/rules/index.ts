export { begin } from './begin';
export { check } from './check';
export { drop, recordDelivery, recordSend } from './deliveries';
export { end } from './end';
