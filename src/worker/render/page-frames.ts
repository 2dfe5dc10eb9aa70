// What the frames of a page get while the page is made: filled by the procedure that makes its view, written into it as it leaves.
import type { Envelope } from './outcome';

export interface PageFrames {
	/** The page has no script: it waits for cards that are not in the caches. */
	wait: boolean;
	bodies: Map<string, { key: string; envelope: Envelope; url: string | null }>;
	/** Why a card of a waiting page has no body. */
	failures: Map<string, string>;
}

export function emptyFrames(): PageFrames {
	return { wait: false, bodies: new Map(), failures: new Map() };
}
