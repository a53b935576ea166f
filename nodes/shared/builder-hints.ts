import type { IBuilderHint } from 'n8n-workflow';

/** What n8n's AI builder reads about the nodes when it makes a workflow. */
const type = (name: string) => `n8n-nodes-whatsapp-otp.${name}`;

const signInPage = {
	nodeType: type('whatsAppOtpSignInTrigger'),
	relationHint: 'Starts a workflow with a verified number. It sends and checks the code without more nodes.',
};
const events = {
	nodeType: type('whatsAppOtpTrigger'),
	relationHint: 'Starts a workflow when a code is delivered, read or fails. It does not check codes.',
};
const action = {
	nodeType: type('whatsAppOtp'),
	relationHint: 'Sends a code, checks a code, and manages message templates, as a step of a workflow.',
};

export const actionHint: IBuilderHint = {
	searchHint:
		'To check a phone number: Send, then a form that asks for the code, then Verify. ' +
		'Verify needs verificationId from the output of Send, and the code that the person typed. ' +
		'Operations with two outputs put "no" first. Send: output 0 is Not Sent, output 1 is Sent. ' +
		'Verify: output 0 is Not Verified, output 1 is Verified. Let only Verified continue to protected steps. ' +
		'The field reason says why an item was refused. ' +
		'Send and Wait for Code sends, asks and checks in one step.',
	relatedNodes: [
		signInPage,
		events,
		{ nodeType: 'n8n-nodes-base.form', relationHint: 'Asks for the code between Send and Verify' },
	],
};

export const eventTriggerHint: IBuilderHint = {
	searchHint:
		'Use it to react to deliveries, for example to send an SMS when a message fails, or to template changes. ' +
		'It has one output, with one item for each event. An event never means that a person is verified. ' +
		'To sign people in, use WhatsApp OTP Sign-In Trigger. Publish one such workflow for each number.',
	relatedNodes: [action, signInPage],
};

export const signInTriggerHint: IBuilderHint = {
	searchHint:
		'Use it when a workflow starts with a person who signs in by phone. ' +
		'It shows the page, sends the code and checks it. ' +
		'It has one output, with one item for each verified number. The field to is the number. ' +
		'No Send or Verify node is needed after it.',
	relatedNodes: [action, events],
};
