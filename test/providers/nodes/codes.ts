/** What becomes of a send: the classes of docs/reference/providers.md 1.7, and `lost` where the code may have been sent all the same. */
export type Fate =
	'recipient' | 'throttle' | 'transient' | 'lost' | 'template' | 'credential' | 'account' | 'permanent';

export type CodeList = Partial<Record<Fate, ReadonlyArray<number | string>>>;

/** Every code of docs/reference/providers.md 1.7. */
export const metaCodes: CodeList = {
	recipient: [130403, 131021, 131026, 131049],
	throttle: [4, 613, 80007, 130429, 131048, 131056, 133016],
	transient: [1, 2, 131000, 131016, 131057, 133000, 133004],
	template: [132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068, 132069],
	credential: [0, 190, 3, 10, 200, 210, 299, 131005],
	account: [368, 131031, 131037, 131042, 131045, 133005, 133006, 133008, 133009, 133010, 133015],
	permanent: [
		...[33, 100, 130472, 130497, 131008, 131009, 131047, 131050, 131051, 131052, 131053, 131063, 131064],
		...[134011, 135000],
	],
};

/** Every code of docs/reference/providers.md 2.4 but 1006, which asks for a contact check first. */
export const onPremisesCodes: CodeList = {
	recipient: [408, 410, 1002, 1007, 1013, 1021, 1026],
	throttle: [429, 471, 1015],
	transient: [1011, 1016],
	lost: [500, 1000, 1014, 1023, 1025],
	template: [2000, 2001, 2002, 2003, 2012],
	credential: [1005, 1024],
	account: [402, 430, 432, 433, 1022],
	permanent: [102, 400, 470, 472, 1001, 1004, 1008, 1009, 1010],
};

/** The cases of docs/reference/providers.md 4.3, by the sandbox's names for them, and Meta's codes in the words of 1MSG. */
export const oneMsgCodes: CodeList = {
	recipient: [130403, 131026, 131049],
	throttle: ['too_many_requests', 130429, 131048, 131056],
	transient: [131016, 131057],
	lost: ['internal', 'upstream'],
	template: ['unprocessable', 132000, 132001, 132015],
	credential: ['wrong_token'],
	account: ['blocked', 131042],
	permanent: ['bad_request', 'not_sent', 131009],
};

/** Every code of docs/reference/providers.md 5.2. */
export const waCrCodes: CodeList = {
	recipient: ['CONTACT_OPTED_OUT'],
	throttle: ['RATE_LIMIT_EXCEEDED'],
	transient: ['MESSAGE_SEND_FAILED'],
	lost: ['INTERNAL_ERROR'],
	template: ['RESOURCE_NOT_FOUND'],
	credential: ['UNAUTHORIZED', 'INSUFFICIENT_SCOPE'],
	account: ['FEATURE_LIMIT_EXCEEDED', 'FEATURE_NOT_AVAILABLE', 'WHATSAPP_NOT_CONFIGURED'],
	permanent: ['NOT_FOUND', 'VALIDATION_ERROR'],
};
