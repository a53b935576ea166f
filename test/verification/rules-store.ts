import * as rules from '../../verification/rules';
import { findVerification, toStored, type PhoneState, type Step } from '../../verification/rules/phone-state';
import type {
	BeginAttempt,
	CheckAttempt,
	DeliveryUpdate,
	DropClaim,
	Ending,
	MessageQuery,
	PhoneCheckAttempt,
	SendReport,
	StoredMessage,
	StoredVerification,
	VerificationQuery,
	Verifications,
} from '../../verification/stores/store';

/** A store that is nothing but the rules: its state is one value, and each verb replaces it by what a rule returns. */
export class RulesStore implements Verifications {
	state: PhoneState = { verifications: [], deliveries: [], counters: {}, cooldowns: {} };

	/** @param onStep is told the state before and after each step */
	constructor(
		private readonly now: () => number,
		private readonly onStep: (before: PhoneState, after: PhoneState, checked?: CheckAttempt) => void = () => undefined,
	) {}

	private take<Answer>({ state, answer }: Step<Answer>, checked?: CheckAttempt): Answer {
		this.onStep(this.state, state, checked);
		this.state = state;
		return answer;
	}

	begin = async (attempt: BeginAttempt) => this.take(rules.begin(this.state, attempt, this.now()));
	check = async (attempt: CheckAttempt) => this.take(rules.check(this.state, attempt, this.now()), attempt);
	checkPhone = async (attempt: PhoneCheckAttempt) => this.take(rules.checkPhone(this.state, attempt, this.now()));
	recordSend = async (report: SendReport) => this.take(rules.recordSend(this.state, report, this.now()));
	recordDelivery = async (update: DeliveryUpdate) => this.take(rules.recordDelivery(this.state, update, this.now()));
	end = async (ending: Ending) => this.take(rules.end(this.state, ending, this.now()));

	claimDropped = async ({ provider, limit }: DropClaim): Promise<StoredMessage[]> => {
		const ofProvider = this.state.deliveries.filter((each) => each.provider === provider);
		const claimed = ofProvider.flatMap(({ sendId }) => this.take(rules.drop(this.state, sendId, this.now())) ?? []);
		return claimed.slice(0, limit);
	};

	get = async (query: VerificationQuery | MessageQuery): Promise<StoredVerification | undefined> => {
		const record = 'messageKeys' in query ? this.ofMessage(query) : this.ofPhone(query);
		return record && toStored(this.state, record.verificationId, this.now());
	};

	private ofMessage({ messageKeys }: MessageQuery) {
		const send = this.state.deliveries.find(({ message }) => message && messageKeys.includes(message.key));
		return send && findVerification(this.state, send.verificationId, this.now());
	}

	private ofPhone({ namespace, phoneKey, verificationId, purpose }: VerificationQuery) {
		return this.state.verifications.findLast(
			(each) =>
				each.namespace === namespace &&
				each.phoneKey === phoneKey &&
				each.purgeAt > this.now() &&
				(verificationId === undefined ? each.purpose === purpose : each.verificationId === verificationId),
		);
	}
}
