import type { Locator, Page } from 'playwright-core';

/**
 * A builder in n8n's editor who has a mouse and a keyboard, and nothing else. It counts what the builder does, as a
 * measure of how long the way is.
 */
export class Builder {
	/** A double click counts as one. */
	clicks = 0;
	/** Texts that the builder types. */
	typed = 0;

	constructor(readonly page: Page) {}

	byId(id: string): Locator {
		return this.page.locator(`[data-test-id="${id}"]`);
	}

	/** The field of a parameter in the open panel, with its label and its switch to Expression. */
	parameter(name: string): Locator {
		const input = this.byId(`parameter-input-${name}`);
		return this.page.locator('.parameter-item').filter({ has: input });
	}

	async click(target: Locator): Promise<void> {
		this.clicks += 1;
		await target.click();
	}

	/** Types into a field that the editor has focused for the builder. */
	async type(target: Locator, text: string): Promise<void> {
		await target.and(this.page.locator(':focus')).waitFor();
		this.typed += 1;
		await target.fill(text);
	}

	async fillIn(parameter: string, text: string): Promise<void> {
		const input = this.parameter(parameter).locator('input').first();
		await this.click(input);
		await this.type(input, text);
	}

	/**
	 * Types an expression. The editor offers the switch to Expression when the mouse is over the field. It takes over a
	 * text a moment after the last key, and a panel that is closed before that loses the text. So this waits for it.
	 */
	async fillInExpression(parameter: string, expression: string): Promise<void> {
		const field = this.parameter(parameter);
		await field.hover();
		await this.click(field.locator('[data-test-id="radio-button-expression"]'));
		const emptyResult = field.getByText('[empty]');
		await emptyResult.waitFor();
		await this.type(field.locator('.cm-content'), expression);
		await emptyResult.waitFor({ state: 'detached' });
	}

	/** Clicks beside an expression. Its preview covers the next field until then. */
	async leaveExpression(): Promise<void> {
		await this.click(this.page.getByText('Parameters', { exact: true }));
		await this.byId('inline-expression-editor-output').waitFor({ state: 'hidden' });
	}

	/** Searches in the list of nodes, which is open, and chooses one. */
	async findNode(words: string, name: string): Promise<void> {
		await this.type(this.byId('node-creator-search-bar'), words);
		await this.choose(name);
	}

	/** Chooses a node or an action from the list of nodes. */
	async choose(name: string): Promise<void> {
		await this.click(this.byId('node-creator-item-name').getByText(name, { exact: true }));
	}

	async closePanel(): Promise<void> {
		await this.click(this.byId('ndv-close-button'));
	}
}
