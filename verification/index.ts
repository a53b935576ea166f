export type { BeginOutcome, SendTicket } from './begin';
export type { BeginRequest } from './begin-attempt';
export type { BeginRefusal, BeginRefusalResult } from './begin-refusal';
export type { CheckOutcome, CheckRequest, FindOutcome } from './check';
export { readCode, customCodeLength, codeAlphabets, codeLengths } from './code';
export type { DeliveryEvent, DeliveryOutcome, RecordedMessage, SendOutcome } from './deliveries';
export { Engine } from './engine';
export * from './errors';
export type { AddedLimit } from './limits';
export { callingCodeOf, maskPhone } from './phone';
export { defaultLimits, limitsSchema, policySchema, type Limits, type Policy } from './policy';
export type { Delivery, DeliveryError } from './sealed-delivery';
export { resultOfEnded } from './state';
export type { CheckResult, DeliveryStatus, VerificationState } from './state';
export { defaultEngine } from './stores/default-store';
export {
	engineFromCredential,
	firstWarnings,
	openStore,
	readStoreSettings,
	type StoreHost,
	type StoreSettings,
} from './stores/from-credential';
export type { RestClient } from './stores/redis/rest-transport';
export type { TestNumber } from './test-numbers';
export type { Verification, VerificationRef } from './verification';
export { watchDroppedMessages } from './watch-dropped-messages';
