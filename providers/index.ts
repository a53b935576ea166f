import { dialog360 } from './dialog360';
import type { Provider } from './provider';

/** Every provider, by the name a person looks for. */
export const providers: readonly Provider[] = [dialog360];

export * from './errors';
export * from './http';
export * from './provider';
export { otpTypes, templateDraft, type Template, type TemplateDraft, type TemplateLimits } from './template';
