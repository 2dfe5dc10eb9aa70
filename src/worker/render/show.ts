// The content of prepared cards: from the caches, else made once. Says for each card what became of it, as it becomes known.
import type { Actor } from '../access/access';
import type { Deps } from '../deps';
import { meanings } from '../errors';
import type { DashboardItem } from '../entities/dashboard/repository';
import { bodyName, findBodies } from './bodies';
import { executionsQuota } from './execute';
import { forViewers, type CardFailure, type Envelope, type Spent, type SpentOutcome } from './outcome';
import { prepare, type PrepareDeps, type Prepared } from './prepare';
import type { KeyedCard } from './task';
import type { FilterState } from '$lib/contracts/filter';

export type ShowDeps = PrepareDeps & Pick<Deps, 'audit' | 'limiter' | 'renders'>;

export type ShownCardContent =
	| { cardId: string; status: 'ok'; keyed: KeyedCard; key: string; envelope: Envelope; cached: boolean; spent: Spent }
	| { cardId: string; status: 'error'; key: string | null; failure: CardFailure; spent: Spent };

export interface ShowRequest {
	dashboard: DashboardItem;
	filters: FilterState;
	prepared: Prepared;
	/** Only these cards. */
	wanted: (cardId: string) => boolean;
	/** Makes everything again. */
	fresh: boolean;
}

const UNAVAILABLE: CardFailure = {
	code: 'NOT_FOUND',
	message: 'This card is not available any more.',
	line: null,
	traceback: null,
	retryAfter: null,
};
const NO_DATA: CardFailure = {
	...UNAVAILABLE,
	code: 'UPSTREAM_UNAVAILABLE',
	message: 'The data of this card are not there yet.',
};
const CHANGING: CardFailure = { ...UNAVAILABLE, code: 'BUSY', message: 'This card is being changed.', retryAfter: 1 };

/** Tells `emit` about every wanted card: those in the caches first, then each as it is done. */
export async function show(
	deps: ShowDeps,
	actor: Actor,
	request: ShowRequest,
	emit: (content: ShownCardContent) => void,
): Promise<void> {
	const todo: (KeyedCard & { task: NonNullable<KeyedCard['task']> })[] = [];
	for (const { place, keyed } of request.prepared.cards) {
		if (!request.wanted(place.cardId)) continue;
		if (!keyed) emit({ cardId: place.cardId, status: 'error', key: null, failure: UNAVAILABLE, spent: {} });
		else if (!keyed.task) emit({ cardId: place.cardId, status: 'error', key: null, failure: NO_DATA, spent: {} });
		else todo.push({ ...keyed, task: keyed.task });
	}
	const bodies = request.fresh
		? new Map<string, Envelope>()
		: await findBodies(
				deps.shared,
				todo.map(({ task }) => task.key),
			);
	const missing = todo.filter((keyed) => {
		const envelope = bodies.get(keyed.task.key);
		if (!envelope) return true;
		const { key, cardId } = keyed.task;
		emit({ cardId, status: 'ok', keyed, key, envelope, cached: true, spent: {} });
		return false;
	});
	const again = lazily(() => prepareAgain(deps, actor, request));
	const nowOf = (cardId: string) => async () =>
		(await again()).cards.find(({ place }) => place.cardId === cardId)?.keyed ?? null;
	await Promise.all(
		missing.map(async (keyed) =>
			emit(
				await make(deps, actor, {
					keyed,
					fresh: request.fresh,
					dashboardId: request.dashboard.dashboardId,
					again: nowOf(keyed.card.cardId),
				}),
			),
		),
	);
}

type FailedOutcome = Extract<SpentOutcome, { status: 'failed' }>;

interface Making {
	keyed: KeyedCard;
	/** Made again, whatever was made a moment ago. */
	fresh: boolean;
	/** Where it is shown; null: its owner runs it by itself. */
	dashboardId: string | null;
	/** The card as it is now, if it was changed since this location read it. */
	again: () => Promise<KeyedCard | null>;
}

/** One card's content, made now unless somebody else just did. */
export async function make(
	deps: Pick<ShowDeps, 'audit' | 'limiter' | 'renders' | 'settings' | 'shared' | 'background'>,
	actor: Actor,
	{ keyed, fresh, dashboardId, again }: Making,
): Promise<ShownCardContent> {
	const { cardId } = keyed.card;
	let current: KeyedCard | null = keyed;
	for (let tries = 1; tries <= 2; tries += 1) {
		if (!current?.task)
			return { cardId, status: 'error', key: null, failure: current ? NO_DATA : UNAVAILABLE, spent: {} };
		const { key } = current.task;
		const outcome = await deps.renders.render(current.task, { fresh, dashboardId });
		const { spent } = outcome;
		if (outcome.status === 'ok') {
			const { envelope, cached } = outcome;
			// Whoever asked before KV tells everybody else keeps it for this location.
			deps.background(deps.shared.keepHere(bodyName(key), envelope));
			return { cardId, status: 'ok', keyed: current, key, envelope, cached: cached && !fresh, spent };
		}
		if (outcome.status === 'failed') {
			const { code, retryAfter } = outcome.failure;
			if (code === 'RATE_LIMITED')
				deps.limiter.learn({ ...executionsQuota(deps.settings), remaining: 0, reset: retryAfter ?? 1 });
			deps.background(recordFailure(deps, actor, { cardId, dashboardId, outcome }));
			const failure = mayRead(actor, current) ? outcome.failure : forViewers(outcome.failure);
			return { cardId, status: 'error', key, failure, spent };
		}
		current = await again();
	}
	return { cardId, status: 'error', key: null, failure: CHANGING, spent: {} };
}

/** What failed by itself, not for want of a slot or a service, is an event of the one for whom it ran, and of nobody who waited with them. */
async function recordFailure(
	{ audit }: Pick<ShowDeps, 'audit'>,
	actor: Actor,
	{ cardId, dashboardId, outcome }: { cardId: string; dashboardId: string | null; outcome: FailedOutcome },
): Promise<void> {
	const { code } = outcome.failure;
	if (meanings[code].status !== 422 && code !== 'CARD_TIMEOUT') return;
	if (Object.keys(outcome.spent).length === 0) return;
	const details = { code, dashboardId };
	await audit.record({ action: 'CARD_EXECUTION_FAILED', by: actor, on: { type: 'card', id: cardId }, details });
}

/** Whether somebody may read what a card's code says when it fails. */
export function mayRead(actor: Actor, { card }: Pick<KeyedCard, 'card'>): boolean {
	return card.ownerId === actor.user.userId || actor.user.role === 'admin';
}

async function prepareAgain(deps: ShowDeps, actor: Actor, { dashboard, filters }: ShowRequest): Promise<Prepared> {
	await deps.access.wrote('dashboard', dashboard.dashboardId);
	const { item } = await deps.access.require(actor, 'dashboard.view', dashboard.dashboardId);
	return prepare(deps, actor, { dashboard: item, state: filters });
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
	let made: Promise<T> | undefined;
	return () => (made ??= make());
}
