export { begin } from './begin';
export { check, checkPhone } from './check';
export { drop, recordDelivery, recordSend } from './deliveries';
export { end } from './end';
