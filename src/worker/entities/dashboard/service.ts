// Dashboards: made, laid out, cloned and deleted by those who may. What they show is in src/worker/render.
import type { z } from 'zod';
import type { PageInput, Person } from '$lib/contracts/common';
import {
	GRID_COLUMNS,
	ROW_HEIGHT,
	type dashboardClone,
	type dashboardCreate,
	type DashboardDetail,
	type dashboardUpdate,
} from '$lib/contracts/dashboard';
import type { ownerTransfer, Permission } from '$lib/contracts/share';
import type { Actor } from '../../access/access';
import { roleOn } from '../../access/policy';
import type { Deps } from '../../deps';
import { AppError, invalid, refuseProblems } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { matching, newestFirst, pageOf } from '../../lists';
import { optionsOf, type OptionsDeps } from '../../render/options';
import { shownOf } from '../../render/shown';
import { backOff } from '../../time';
import * as shares from '../share/repository';
import { transferOwnership } from '../share/transfer';
import * as users from '../user/repository';
import * as repository from './repository';
import { MAX_LINEAGE, nameOfClone, problemsOf, provenanceOfClone, trimmed } from './rules';

type ListDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now' | 'newId'>;
type DashboardDeps = ListDeps & OptionsDeps & Pick<Deps, 'hints'>;

/** Tries of a write that others are changing at the same time. */
const MAX_TRIES = 12;
const NO_LAYOUT = { cards: [], columns: GRID_COLUMNS, rowHeight: ROW_HEIGHT } as const;

/** Own dashboards and those shared to the actor or their groups, newest first. */
export async function list(deps: ListDeps, actor: Actor, input: PageInput) {
	const { userId, groupIds } = actor.user;
	const [own, shared] = await Promise.all([
		repository.listByOwner(deps.dynamo, userId),
		shares.sharedIds(deps.dynamo, 'dashboard', [userId, ...groupIds]),
	]);
	const known = new Set(own.map(({ dashboardId }) => dashboardId));
	const others = await repository.findMany(
		deps.dynamo,
		shared.filter((id) => !known.has(id)),
	);
	const now = deps.now();
	const visible = [...own, ...others].flatMap((item) => {
		// The dashboard's own grants decide: a share may have ended, and the index that listed it may be behind.
		const role = roleOn(actor.user, 'dashboard', item, now)?.role;
		return role ? [{ item, role, createdAt: item.createdAt, name: item.name }] : [];
	});
	const found = newestFirst(
		matching(visible, input.q, ({ name }) => [name]),
		({ item }) => item.dashboardId,
	);
	const page = pageOf(found, input, (one) => one);
	const owners = await users.findMany(
		deps.dynamo,
		page.items.map(({ item }) => item.ownerId),
	);
	const items = page.items.map(({ item, role }) => repository.toContract(item, personOf(item.ownerId, owners), role));
	return { ...page, items };
}

/** With the choices of its category filters. */
export async function get(
	deps: DashboardDeps,
	actor: Actor,
	{ dashboardId }: { dashboardId: string },
): Promise<DashboardDetail> {
	const { item, role } = await deps.access.require(actor, 'dashboard.view', dashboardId);
	return describe(deps, actor, item, role);
}

/** @throws AppError VALIDATION_ERROR naming the field, also for a card that is absent or somebody else's */
export async function create(
	deps: DashboardDeps,
	actor: Actor,
	input: z.infer<typeof dashboardCreate>,
): Promise<DashboardDetail> {
	const now = deps.now();
	const item: repository.DashboardItem = {
		dashboardId: deps.newId('dash'),
		ownerId: actor.user.userId,
		name: input.name,
		description: input.description ?? null,
		layout: input.layout ?? { ...NO_LAYOUT, cards: [] },
		filters: input.filters ?? [],
		defaultFilterViewId: null,
		grants: {},
		provenance: null,
		revision: 1,
		createdAt: now,
		updatedAt: now,
	};
	await check(deps, actor, item, new Set());
	await repository.create(deps.dynamo, item).catch((error: unknown) => {
		// A card that was there a moment ago is not any more.
		throw error instanceof ConditionFailed ? invalid({ layout: 'has a card that is gone' }) : error;
	});
	return describe(deps, actor, item, 'owner');
}

/**
 * Changes what is named.
 * @throws AppError VALIDATION_ERROR · REVISION_CONFLICT with the current dashboard
 */
export async function update(
	deps: DashboardDeps,
	actor: Actor,
	input: z.infer<typeof dashboardUpdate>,
): Promise<DashboardDetail> {
	const { dashboardId } = input;
	for (let tries = 1; ; tries += 1) {
		const { item: before, role } = await deps.access.require(actor, 'dashboard.edit', dashboardId);
		const conflict = async () =>
			new AppError('REVISION_CONFLICT', { details: { current: await describe(deps, actor, before, role) } });
		if ((input.revision ?? before.revision) !== before.revision) throw await conflict();
		const layout = input.layout ?? before.layout;
		const item: repository.DashboardItem = {
			...before,
			name: input.name ?? before.name,
			description: input.description === undefined ? before.description : input.description,
			layout,
			filters: input.filters ?? before.filters,
			provenance: trimmed(before.provenance, new Set(layout.cards.map(({ cardId }) => cardId))),
			revision: before.revision + 1,
			updatedAt: deps.now(),
		};
		await check(deps, actor, item, new Set(repository.cardIds(before)));
		try {
			await repository.replace(deps.dynamo, before, item);
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			if (tries === MAX_TRIES) throw await conflict();
			await backOff(tries);
			await deps.access.wrote('dashboard', dashboardId);
			continue;
		}
		await deps.access.wrote('dashboard', dashboardId);
		return describe(deps, actor, item, role);
	}
}

/** Ends a dashboard and, with it, its shares and filter views; its cards stay. */
export async function remove(
	deps: DashboardDeps,
	actor: Actor,
	{ dashboardId }: { dashboardId: string },
): Promise<void> {
	const { item } = await deps.access.require(actor, 'dashboard.delete', dashboardId);
	try {
		await repository.markDeleted(deps.dynamo, dashboardId, deps.now());
	} catch (error) {
		if (!(error instanceof ConditionFailed)) throw error;
		throw new AppError('NOT_FOUND', { message: `NOT_FOUND: ${dashboardId} was deleted meanwhile`, cause: error });
	}
	await deps.access.wrote('dashboard', dashboardId);
	const on = { type: 'dashboard', id: dashboardId } as const;
	await deps.audit.record({ action: 'DASHBOARD_DELETED', by: actor, on, details: { name: item.name } });
	await repository.sweep(deps.dynamo, item);
}

/**
 * Gives a dashboard to somebody else. Who had it stays an owner by a share, so that it is never without one.
 * @throws AppError VALIDATION_ERROR for somebody who is not there, may not log in, or owns it already
 */
export async function transfer(
	deps: DashboardDeps,
	actor: Actor,
	input: z.infer<typeof ownerTransfer>,
): Promise<DashboardDetail> {
	await transferOwnership(deps, actor, input);
	return get(deps, actor, input);
}

/** A copy that belongs to the actor: the same cards and filters, no shares and no filter views. */
export async function clone(
	deps: DashboardDeps,
	actor: Actor,
	input: z.infer<typeof dashboardClone>,
): Promise<DashboardDetail> {
	const { item: source } = await deps.access.require(actor, 'dashboard.clone', input.dashboardId);
	const shown = await shownOf(deps, source);
	// What the source may not show any more, or what is gone, has no place in a copy of it.
	const cards = source.layout.cards.filter(({ cardId }) => shown.cards[cardId]);
	const foreign = cards
		.map(({ cardId }) => cardId)
		.filter((cardId) => shown.cards[cardId]!.ownerId !== actor.user.userId);
	const provenance = provenanceOfClone(source, actor.user.userId, foreign);
	if (provenance && provenance.lineage.length > MAX_LINEAGE)
		throw invalid({ dashboardId: `is a clone of clones, ${MAX_LINEAGE} deep` });
	const now = deps.now();
	const item: repository.DashboardItem = {
		...source,
		dashboardId: deps.newId('dash'),
		ownerId: actor.user.userId,
		name: input.name ?? nameOfClone(source.name),
		layout: { ...source.layout, cards },
		grants: {},
		defaultFilterViewId: null,
		filterViews: 0,
		provenance,
		revision: 1,
		createdAt: now,
		updatedAt: now,
	};
	await repository.create(deps.dynamo, item).catch((error: unknown) => {
		throw error instanceof ConditionFailed ? new AppError('BUSY', { retryAfter: 1, cause: error }) : error;
	});
	return describe(deps, actor, item, 'owner');
}

/** The datasets whose content a share of this dashboard exposes. */
export async function referencedDatasets(deps: DashboardDeps, actor: Actor, { dashboardId }: { dashboardId: string }) {
	const { item } = await deps.access.require(actor, 'dashboard.share', dashboardId);
	const { datasets } = await shownOf(deps, item);
	return Object.values(datasets).map(({ datasetId, name }) => ({ datasetId, name }));
}

/** Checks a dashboard; cards in `before` were allowed on it earlier. @throws AppError VALIDATION_ERROR */
async function check(
	deps: ListDeps,
	actor: Actor,
	item: repository.DashboardItem,
	before: ReadonlySet<string>,
): Promise<void> {
	const { cards } = item.layout;
	const problems = problemsOf(cards, item.filters);
	const added = cards.map(({ cardId }) => cardId).filter((cardId) => !before.has(cardId));
	const own = await deps.access.permitted(actor, 'card.place', added);
	cards.forEach(({ cardId }, position) => {
		if (!before.has(cardId) && !own.has(cardId))
			problems[`layout.cards.${position}.cardId`] ??= 'is not a card of yours';
	});
	refuseProblems(problems);
}

/** A dashboard with the choices of its category filters, read from the data of its cards where they are not fixed. */
async function describe(
	deps: DashboardDeps,
	actor: Actor,
	item: repository.DashboardItem,
	role: Permission,
): Promise<DashboardDetail> {
	const shown = await shownOf(deps, item);
	const open = item.filters.filter(({ type, options }) => type === 'category' && !options);
	const choices = await optionsOf(deps, actor.user, { filters: open, datasets: Object.values(shown.datasets) });
	const filters = item.filters.map((filter) =>
		choices[filter.id] ? { ...filter, options: choices[filter.id]!.values.map(({ value }) => value) } : filter,
	);
	return { ...repository.toDetail(item, shown.owner, role), filters };
}

function personOf(userId: string, people: ReadonlyMap<string, Person>): Person {
	const { name = '' } = people.get(userId) ?? {};
	return { userId, name };
}
