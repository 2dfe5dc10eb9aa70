// The cards of an open dashboard: what each shows and what it waits for. Asks once for everything that is to change and takes the
// answers line by line as they finish. Knows neither the grid nor the frames.
import type { DashboardView } from '$lib/contracts/dashboard';
import type { ErrorCode } from '$lib/contracts/errors';
import type { FilterState } from '$lib/contracts/filter';
import type { RenderLine } from '$lib/contracts/render';
import type { Content } from '$lib/card-frames/slot';
import { readLines } from './lines';

export type CardError = Extract<RenderLine, { status: 'error' }>['error'];
type CardLine = Exclude<RenderLine, { end: true }>;

/** Old content stays undimmed this long, in milliseconds: quick answers do not flicker. */
const DIM_AFTER_MS = 150;
/** Further tries of a card that found no free worker, and the seconds between them when the server names none. */
/** Failures that pass by themselves. */
const WAITS: readonly string[] = ['BUSY', 'RATE_LIMITED'];
const BUSY_TRIES = 5;
const BUSY_WAIT_S = 2;

/** One card: `pending` while an answer is on its way, `waiting` while none is free to give it. */
export class CardState {
	pending = $state(false);
	waiting = $state(false);
	error = $state.raw<CardError | null>(null);
	/** What came by the stream; null while the frame shows what the page was served with. */
	content = $state.raw<Content | null>(null);
	ignores = $state.raw<string[]>([]);
	/** True once anything was shown. */
	filled = $state(false);
	/** Key of what shows. */
	key: string | null = null;
	tries = 0;

	constructor(ignores: string[]) {
		this.ignores = ignores;
	}
}

interface Asked {
	filters: FilterState;
	cards?: string[];
	refresh?: boolean;
}

export class CardStream {
	readonly #dashboardId: string;
	readonly #states = new Map<string, CardState>();
	readonly #refused: (code: ErrorCode) => void;
	/** What is under way. */
	readonly #requests = new Set<AbortController>();
	#filters: FilterState = {};

	/** `refused` hears that the whole request failed: access ended, or the session did. */
	constructor(view: DashboardView, refused: (code: ErrorCode) => void) {
		this.#dashboardId = view.dashboardId;
		this.#refused = refused;
		for (const card of view.cards) if (!card.unavailable) this.#states.set(card.cardId, new CardState(card.ignores));
	}

	/** Undefined for a card that is not available. */
	get(cardId: string): CardState | undefined {
		return this.#states.get(cardId);
	}

	/** A card that is not on the stored dashboard yet; whoever adds it says what it shows. */
	add(cardId: string): CardState {
		const state = new CardState([]);
		this.#states.set(cardId, state);
		return state;
	}

	/** Fills what the page came without. Call once its frames are adopted. */
	async start(filters: FilterState): Promise<void> {
		this.#filters = filters;
		const missing = [...this.#states].filter(([, state]) => state.key === null).map(([id]) => id);
		if (missing.length > 0) await this.#ask({ filters, cards: missing });
	}

	/** Shows another filter state: one request, answered with the cards it touches. An earlier one is dropped. */
	async apply(filters: FilterState): Promise<void> {
		this.#filters = filters;
		await this.#ask({ filters });
	}

	/** Runs cards again whatever the cache holds; all of them when none is named. */
	async refresh(cards?: string[]): Promise<void> {
		await this.#ask({ filters: this.#filters, refresh: true, ...(cards && { cards }) });
	}

	/** Tries a failed card again. */
	async retry(cardId: string): Promise<void> {
		await this.#ask({ filters: this.#filters, cards: [cardId] });
	}

	/** Drops whatever is under way: a late answer would show what nobody asks for any more. */
	stop(): void {
		for (const request of this.#requests) request.abort();
		this.#requests.clear();
	}

	async #ask(asked: Asked): Promise<void> {
		// A request for all supersedes what is under way; one for a few cards goes beside it.
		const request = new AbortController();
		if (!asked.cards) this.stop();
		this.#requests.add(request);
		const open = new Map([...this.#states].filter(([id]) => !asked.cards || asked.cards.includes(id)));
		const dim = setTimeout(() => open.forEach((state) => (state.pending = true)), DIM_AFTER_MS);
		try {
			const response = await fetch(`/render/dashboards/${this.#dashboardId}`, {
				method: 'POST',
				headers: { 'content-type': 'application/json' },
				body: JSON.stringify({ ...asked, have: asked.refresh ? {} : this.#have() }),
				signal: request.signal,
			});
			if (!response.ok || !response.body) {
				const { error } = (await response.json()) as { error: CardError };
				if (response.status < 500) this.#refused(error.code);
				return fail(open, error);
			}
			for await (const line of readLines<RenderLine>(response.body)) {
				if ('end' in line) break;
				const state = open.get(line.cardId);
				if (!state) continue;
				open.delete(line.cardId);
				this.#take(line, state, asked.filters);
			}
			if (open.size > 0) fail(open, UNREACHABLE);
		} catch (caught) {
			if (!request.signal.aborted) fail(open, UNREACHABLE);
			else if (!(caught instanceof DOMException)) throw caught;
		} finally {
			clearTimeout(dim);
			this.#requests.delete(request);
		}
	}

	#have(): Record<string, string> {
		const have: Record<string, string> = {};
		for (const [id, state] of this.#states) if (state.key !== null && !state.error) have[id] = state.key;
		return have;
	}

	#take(line: CardLine, state: CardState, filters: FilterState): void {
		if (line.status === 'error' && WAITS.includes(line.error.code) && state.tries < BUSY_TRIES) {
			return this.#waitFor(line, state, filters);
		}
		state.pending = false;
		state.waiting = false;
		state.tries = 0;
		state.error = line.status === 'error' ? line.error : null;
		if (line.status === 'error') return;
		state.ignores = line.ignores;
		if (line.status === 'same') return;
		state.key = line.key;
		state.content = { key: line.key, kind: line.kind, body: line.body, url: line.url, libs: line.libs };
	}

	#waitFor(line: Extract<CardLine, { status: 'error' }>, state: CardState, filters: FilterState): void {
		state.waiting = true;
		state.tries += 1;
		const seconds = line.error.retryAfter ?? BUSY_WAIT_S;
		setTimeout(() => {
			// Meanwhile another filter state may have been asked for; that request answers for this card.
			if (filters === this.#filters) void this.#ask({ filters, cards: [line.cardId] });
		}, seconds * 1000);
	}
}

const UNREACHABLE: CardError = { code: 'UPSTREAM_UNAVAILABLE', message: '' };

function fail(open: Map<string, CardState>, error: CardError): void {
	for (const state of open.values()) {
		state.pending = false;
		state.waiting = false;
		state.error = error;
	}
}
