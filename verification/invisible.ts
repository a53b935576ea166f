/**
 * Characters without a shape: marks for the direction of text, joiners, soft hyphens, variation selectors, the frame of
 * a key. Contact apps, keyboards and web pages add them to what people copy
 * (docs/reference/verification-rules.md 5.1).
 */
const invisible = /[\p{Cf}\p{Variation_Selector}\u20e3]/gu;

export function withoutInvisible(text: string): string {
	return text.replace(invisible, '');
}
