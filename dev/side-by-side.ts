import type { Page } from 'playwright-core';

export interface Part {
	/** PNG. */
	picture: Buffer;
	/** In CSS pixels. */
	width: number;
	/** Draws the frame of a phone around it. */
	isPhone?: boolean;
}

const style = `
	body { margin: 0; background: #fff; }
	main { display: inline-flex; align-items: center; gap: 32px; padding: 24px; }
	img { display: block; }
	.phone { border: 10px solid #1c1c1e; border-radius: 36px; box-shadow: 0 8px 28px #0003; }`;

/** Draws pictures in a row, on white. @returns a PNG */
export async function sideBySide(page: Page, parts: readonly Part[]): Promise<Buffer> {
	const images = parts.map(({ picture, width, isPhone = false }) => {
		const source = `data:image/png;base64,${picture.toString('base64')}`;
		return `<img src="${source}" width="${width}" class="${isPhone ? 'phone' : ''}">`;
	});
	// A page of n8n has its own rules for pictures, so this one is empty.
	await page.goto('about:blank');
	await page.setContent(`<style>${style}</style><main>${images.join('')}</main>`, { waitUntil: 'load' });
	return await page.locator('main').screenshot();
}
