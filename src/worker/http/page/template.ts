// A page as it can be sent again: its HTML cut where each answer differs, which is the nonce of its scripts and what its card
// frames hold. Knows the DOM contract of card frames.
import { figureShell } from '$lib/card-frames/shells';
import type { PageContents } from '../../render/page-contents';
import { contentAttributes, EMPTY_FRAME, failureAttributes } from './frames';

/** Text, or what is written in its place. */
type Piece = string | { slot: 'nonce' } | { slot: 'frame'; cardId: string; key: string };

export interface PageTemplate {
	pieces: Piece[];
	headers: [string, string][];
}

export interface Filling {
	nonce: string;
	/** Of the app: figure frames take messages from nobody else. */
	origin: string;
	contents: PageContents;
}

/** Cuts a page. Marks are made for each, so that nothing in the page can be taken for one. */
export async function templateOf(page: Response, headers: [string, string][]): Promise<PageTemplate> {
	const mark = crypto.randomUUID();
	const slots: Piece[] = [];
	const marked = new HTMLRewriter()
		.on('script', {
			element(script) {
				slots.push({ slot: 'nonce' });
				script.setAttribute('nonce', mark);
			},
		})
		.on('iframe[data-card]', {
			element(frame) {
				const [cardId, key] = ['data-card', 'data-key'].map((name) => frame.getAttribute(name) ?? '');
				slots.push({ slot: 'frame', cardId: cardId!, key: key! });
				// Of two attributes with one name the first counts; the slot says what the frame may do.
				frame.removeAttribute('sandbox');
				frame.setAttribute('data-here', mark);
			},
		})
		.transform(page);
	const texts = (await marked.text()).replaceAll(` data-here="${mark}"`, mark).split(mark);
	return { headers, pieces: texts.flatMap((text, position) => (slots[position] ? [text, slots[position]] : [text])) };
}

/** The page for one answer. */
export function fill({ pieces }: PageTemplate, { nonce, origin, contents }: Filling): string {
	const figure = figureShell({ nonce, origin });
	return pieces
		.map((piece) => {
			if (typeof piece === 'string') return piece;
			if (piece.slot === 'nonce') return nonce;
			const failure = contents.failures.get(piece.cardId);
			if (failure !== undefined) return failureAttributes(failure);
			const content = contents.bodies.get(piece.cardId);
			return content?.key === piece.key ? contentAttributes(content, figure) : EMPTY_FRAME;
		})
		.join('');
}
