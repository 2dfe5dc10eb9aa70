// A page as it can be sent again: its HTML in bytes, cut where each answer differs, which is the nonce of its scripts and what
// its card frames hold. Knows the DOM contract of card frames.
import { figureShell } from '$lib/card-frames/shells';
import type { PageContents } from '../../render/page-contents';
import { bytesOf, contentAttributes, EMPTY_FRAME, failureAttributes } from './frames';

type Slot = { slot: 'nonce' } | { slot: 'frame'; cardId: string; key: string };

export interface PageTemplate {
	pieces: (Uint8Array | Slot)[];
	/** Of all pieces that are bytes. */
	bytes: number;
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
	const slots: Slot[] = [];
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
	const html = (await marked.text()).replaceAll(` data-here="${mark}"`, mark);
	const texts = html.split(mark).map(bytesOf);
	return {
		headers,
		bytes: texts.reduce((sum, { length }) => sum + length, 0),
		pieces: texts.flatMap((text, position) => (slots[position] ? [text, slots[position]] : [text])),
	};
}

/** The page for one answer. */
export function fill({ pieces }: PageTemplate, { nonce, origin, contents }: Filling): Uint8Array<ArrayBuffer> {
	const nonceBytes = bytesOf(nonce);
	const figure = figureShell({ nonce, origin });
	const filled = pieces.map((piece) => {
		if (piece instanceof Uint8Array) return piece;
		if (piece.slot === 'nonce') return nonceBytes;
		const failure = contents.failures.get(piece.cardId);
		if (failure !== undefined) return failureAttributes(failure);
		const content = contents.bodies.get(piece.cardId);
		return content?.key === piece.key ? contentAttributes(content, figure) : EMPTY_FRAME;
	});
	const page = new Uint8Array(filled.reduce((sum, { length }) => sum + length, 0));
	let end = 0;
	for (const bytes of filled) {
		page.set(bytes, end);
		end += bytes.length;
	}
	return page;
}
