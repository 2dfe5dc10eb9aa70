// Why somebody was not logged in, as both ways of asking tell the page.
import { codeOf, detailsOf, sentenceOf } from '$lib/state/failures';

export interface Refusal {
	/** Null when it is none of the API's. */
	code: string | null;
	/** Seconds until another try is taken, where there were too many. */
	retryAfter: number;
	sentence: string;
}

export function refusalOf(caught: unknown): Refusal {
	const retryAfter = Math.ceil(Number(detailsOf(caught).retryAfter ?? 60));
	return { code: codeOf(caught), retryAfter, sentence: sentenceOf(caught) };
}
