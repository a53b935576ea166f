import { LoggerProxy, type INode } from 'n8n-workflow';

/** How many webhooks without the right secret each trigger got since this process started. */
const counts = new Map<string, number>();

/** Says so with the first one, the tenth, the hundredth: whoever forges thousands must not fill the log. */
export function countForgery({ id, name }: INode): void {
	const count = (counts.get(id) ?? 0) + 1;
	counts.set(id, count);
	if (!/^10*$/.test(String(count))) return;
	const many = count === 1 ? 'A webhook' : `${count} webhooks`;
	LoggerProxy.warn(
		`WhatsApp OTP Trigger: ${many} without the right secret came to '${name}' and started nothing. If the provider's own are among them, check the secret in the credential, or unpublish the workflow and publish it again`,
	);
}
