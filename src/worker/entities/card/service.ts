// Cards: their owner writes them, tries them and sees where they are used. What renders them is in src/worker/render.
import type { z } from 'zod';
import type { Card, cardCreate, CardDetail, cardUpdate } from '$lib/contracts/card';
import type { PageInput } from '$lib/contracts/common';
import type { Usage } from '$lib/contracts/dataset';
import { keepDeclared } from '$lib/domain/params';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import { AppError, invalid, refuseProblems } from '../../errors';
import { ConditionFailed } from '../../infra/dynamo/port';
import { matching, newestFirst, pageOf } from '../../lists';
import { mentionedColumns } from '../../render/columns';
import { backOff } from '../../time';
import * as dashboards from '../dashboard/repository';
import { namesOf } from '../dataset/names';
import { attach, foreignProblems } from '../dataset/rules';
import * as usages from '../usage/repository';
import { peopleOf } from '../user/people';
import * as repository from './repository';
import { codeHash, declaredFilters, problemsOf, sizeProblems } from './rules';

type CardDeps = Pick<Deps, 'access' | 'audit' | 'dynamo' | 'now' | 'newId'>;
type Fields = Omit<z.infer<typeof cardCreate>, 'datasetId'>;

/** Tries of a write that others are changing at the same time. */
const MAX_TRIES = 12;
/** Names kept of columns a card uses; more of them say no more. */
const MAX_USED_COLUMNS = 500;

/** Own cards, newest first, without their code. */
export async function list(deps: CardDeps, actor: Actor, input: PageInput) {
	const own = await repository.listByOwner(deps.dynamo, actor.user.userId);
	const found = newestFirst(
		matching(own, input.q, ({ name }) => [name]),
		({ cardId }) => cardId,
	);
	const page = pageOf(found, input, (card) => card);
	const names = await namesOf(deps, actor, page.items.flatMap(datasetIdsOf));
	return { ...page, items: page.items.map((card): Card => repository.toContract(card, actor.user, names)) };
}

export async function get(deps: CardDeps, actor: Actor, { cardId }: { cardId: string }): Promise<CardDetail> {
	const { item } = await deps.access.require(actor, 'card.view', cardId);
	return describe(deps, actor, item);
}

/** @throws AppError VALIDATION_ERROR naming the field, also for a dataset that is absent or somebody else's */
export async function create(deps: CardDeps, actor: Actor, input: z.infer<typeof cardCreate>): Promise<CardDetail> {
	const now = deps.now();
	const blank: repository.CardItem = {
		cardId: deps.newId('card'),
		ownerId: actor.user.userId,
		name: input.name,
		description: null,
		cardType: 'code',
		code: '',
		params: '{}',
		scripts: false,
		datasets: [],
		usedColumns: [],
		filterApplicable: null,
		filtersGiven: false,
		codeHash: '',
		useCount: 0,
		revision: 0,
		createdAt: now,
		updatedAt: now,
	};
	const card = await changed(deps, actor, blank, input);
	await repository.create(deps.dynamo, card).catch((error: unknown) => {
		// A dataset that was there a moment ago is not any more.
		throw error instanceof ConditionFailed ? invalid({ datasetIds: 'are not all there' }) : error;
	});
	return describe(deps, actor, card);
}

/**
 * Changes what is named.
 * @throws AppError VALIDATION_ERROR · REVISION_CONFLICT with the current card
 */
export async function update(deps: CardDeps, actor: Actor, input: z.infer<typeof cardUpdate>): Promise<CardDetail> {
	for (let tries = 1; ; tries += 1) {
		const { item: before } = await deps.access.require(actor, 'card.edit', input.cardId);
		if ((input.revision ?? before.revision) !== before.revision) throw await conflict(deps, actor, before);
		const card = await changed(deps, actor, before, input);
		try {
			await repository.replace(deps.dynamo, before, card);
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			if (tries === MAX_TRIES) throw await conflict(deps, actor, before);
			await backOff(tries);
			await deps.access.wrote('card', input.cardId);
			continue;
		}
		await wrote(deps, input.cardId);
		return describe(deps, actor, card);
	}
}

/** @throws AppError IN_USE naming the dashboards that show it */
export async function remove(deps: CardDeps, actor: Actor, { cardId }: { cardId: string }): Promise<void> {
	for (let tries = 1; ; tries += 1) {
		const { item } = await deps.access.require(actor, 'card.delete', cardId);
		try {
			await repository.remove(deps.dynamo, item);
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			const usedBy = await dashboardsShowing(deps, cardId);
			if (usedBy.length > 0 || tries === MAX_TRIES) throw new AppError('IN_USE', { details: { usedBy }, cause: error });
			// Deleted or changed meanwhile, or used only by dashboards whose deletion had stopped half-way and is finished now.
			await deps.access.wrote('card', cardId);
			continue;
		}
		await deps.access.wrote('card', cardId);
		const details = { name: item.name };
		await deps.audit.record({ action: 'CARD_DELETED', by: actor, on: { type: 'card', id: cardId }, details });
		return;
	}
}

/** The dashboards that show a card. */
export async function usedBy(deps: CardDeps, actor: Actor, { cardId }: { cardId: string }): Promise<Usage[]> {
	await deps.access.require(actor, 'card.view', cardId);
	return dashboardsShowing(deps, cardId);
}

/** Dashboards that use a card; a deletion that stopped half-way is finished on the way. */
async function dashboardsShowing(deps: CardDeps, cardId: string): Promise<Usage[]> {
	const ids = await usages.usersOf(deps.dynamo, cardId);
	const found = await dashboards.findMany(deps.dynamo, ids, { deleted: true });
	for (const item of found) if (item.deletedAt !== undefined) await dashboards.sweep(deps.dynamo, item);
	return found
		.filter((item) => item.deletedAt === undefined)
		.map(({ dashboardId, name }) => ({ id: dashboardId, kind: 'dashboard', name }));
}

/** The next state of a card. @throws AppError VALIDATION_ERROR */
async function changed(
	deps: CardDeps,
	actor: Actor,
	before: repository.CardItem,
	input: Partial<Fields> & { datasetId?: string | undefined },
): Promise<repository.CardItem> {
	const isNew = before.revision === 0;
	const cardType = input.cardType ?? before.cardType;
	const code = input.code ?? before.code;
	const params = input.params ?? keepDeclared(code, repository.paramsOf(before));
	const scripts = input.scripts ?? before.scripts;
	const datasetIds = input.datasetIds ?? (input.datasetId === undefined ? undefined : [input.datasetId]);
	const wantedIds = datasetIds ?? before.datasets.map(({ datasetId }) => datasetId);
	refuseProblems(problemsOf({ cardType, code, params, datasetIds: wantedIds }));

	const found = await usableDatasets(deps, actor, before, wantedIds, input.datasetIds ? 'datasetIds' : 'datasetId');
	const attached = attach(found, before.datasets);
	const given = input.filterApplicable !== undefined ? input.filterApplicable !== null : before.filtersGiven;
	const declared = given ? (input.filterApplicable ?? before.filterApplicable) : declaredFilters(code);
	const card = {
		...before,
		name: input.name ?? before.name,
		description: input.description === undefined ? before.description : input.description,
		cardType,
		code,
		params: JSON.stringify(params),
		scripts,
		datasets: attached,
		usedColumns: mentionedColumns(
			code,
			found.flatMap(({ schema }) => schema.map((column) => column.name)),
		).slice(0, MAX_USED_COLUMNS),
		filterApplicable: declared,
		filtersGiven: given,
		codeHash: await codeHash({ cardType, code, params, scripts, datasets: attached }),
		revision: before.revision + 1,
		updatedAt: isNew ? before.createdAt : deps.now(),
	};
	refuseProblems(sizeProblems(card));
	return card;
}

/** Datasets in the order asked for: those the card has already, and others that the actor may use. */
async function usableDatasets(
	deps: CardDeps,
	actor: Actor,
	before: repository.CardItem,
	datasetIds: readonly string[],
	field: 'datasetId' | 'datasetIds',
) {
	const had = new Set(before.datasets.map(({ datasetId }) => datasetId));
	const permitted = await deps.access.permitted(actor, 'dataset.use', datasetIds);
	const isFine = (id: string) => had.has(id) || permitted.has(id);
	refuseProblems(
		foreignProblems(datasetIds, isFine, (position) => (field === 'datasetId' ? field : `${field}.${position}`)),
	);
	// One that the card had stays attached under its alias, and tells nothing, when it is gone or not shared any more.
	const known = before.usedColumns.map((name) => ({ name }));
	return datasetIds.map((datasetId) => permitted.get(datasetId) ?? { datasetId, name: datasetId, schema: known });
}

const datasetIdsOf = (card: repository.ListedCard) => card.datasets.map(({ datasetId }) => datasetId);

/** Cards with the present names of their datasets and owners. */
async function describe(deps: CardDeps, actor: Actor, card: repository.CardItem): Promise<CardDetail> {
	const [names, person] = await Promise.all([
		namesOf(deps, actor, datasetIdsOf(card)),
		peopleOf(deps, actor, [card.ownerId]),
	]);
	return repository.toDetail(card, person(card.ownerId), names);
}

async function conflict(deps: CardDeps, actor: Actor, current: repository.CardItem): Promise<AppError> {
	return new AppError('REVISION_CONFLICT', { details: { current: await describe(deps, actor, current) } });
}

/** Ends what this location knows of a card and of the dashboards that show it. */
async function wrote(deps: CardDeps, cardId: string): Promise<void> {
	await deps.access.wrote('card', cardId);
	const shownOn = await usages.usersOf(deps.dynamo, cardId);
	await Promise.all(shownOn.map((dashboardId) => deps.access.wrote('dashboard', dashboardId)));
}
