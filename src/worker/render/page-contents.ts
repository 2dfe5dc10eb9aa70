// What a request that makes a page has found out for it: the view, and what its frames hold.
import type { DashboardView } from '$lib/contracts/dashboard';
import type { Envelope } from './outcome';

/** What belongs into a card's frame. */
export interface FrameContent {
	key: string;
	envelope: Envelope;
	/** Of a script card's document. */
	url: string | null;
}

export interface PageContents {
	/** The page has no script: it waits for cards that are not in the caches. */
	wait: boolean;
	/** The view was made before the page; asked the same by the same session, it need not be made again. */
	made: { sessionId: string; dashboardId: string; query: string; view: DashboardView } | null;
	bodies: Map<string, FrameContent>;
	/** Why a card of a waiting page has no body. */
	failures: Map<string, string>;
}

export function noContents(): PageContents {
	return { wait: false, made: null, bodies: new Map(), failures: new Map() };
}
