// A text card: Markdown to HTML in which nothing of the author's HTML is left. Pure; no executor takes part.
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';

/** Stands for the executor's image in the keys of text cards: a change of how texts are rendered changes it. */
export const TEXT_RENDERER = 'text-1';

/** HTML in the text is shown as text; links keep only safe protocols. */
export function renderText(markdown: string): string {
	return micromark(markdown, {
		extensions: [gfm()],
		htmlExtensions: [gfmHtml()],
		allowDangerousHtml: false,
		allowDangerousProtocol: false,
	});
}
