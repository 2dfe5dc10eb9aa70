// Cards as they are stored, and their mapping to the contract. Params are kept as JSON text: DynamoDB's numbers are not JSON's.
import * as z from 'zod';
import { cardType, type Card, type CardDetail } from '$lib/contracts/card';
import type { Json, Person } from '$lib/contracts/common';
import { absent, at, change, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo, KeyOf, Write } from '../../infra/dynamo/port';
import { toIso } from '../../time';
import { differenceOf } from '../dataset/rules';
import * as usages from '../usage/repository';

const attached = z.object({ datasetId: z.string(), alias: z.string() });

const cardItem = z.object({
	cardId: z.string(),
	ownerId: z.string(),
	name: z.string(),
	description: z.string().nullable(),
	cardType,
	code: z.string(),
	params: z.string(),
	/** True: HTML of this card may run its own scripts at the cards host. */
	scripts: z.boolean(),
	datasets: z.array(attached),
	/** Columns that the code names, at most: what a new version of a dataset would break. */
	usedColumns: z.array(z.string()),
	filterApplicable: z.array(z.string()).nullable(),
	/** True: given by a person. Otherwise read from the code, and again with every change of it. */
	filtersGiven: z.boolean(),
	codeHash: z.string(),
	useCount: z.number().default(0),
	revision: z.int(),
	createdAt: z.number(),
	updatedAt: z.number(),
});
export type CardItem = z.infer<typeof cardItem>;
export const parse = itemParser('cards', cardItem);

const listedCard = cardItem.pick({
	cardId: true,
	ownerId: true,
	name: true,
	cardType: true,
	datasets: true,
	usedColumns: true,
	filterApplicable: true,
	createdAt: true,
	updatedAt: true,
});
export type ListedCard = z.infer<typeof listedCard>;
const parseListed = itemParser('cards', listedCard);

/** What showing a card on a dashboard needs: everything but its code and params. */
export const SHOWN_ATTRIBUTES = [
	'ownerId',
	'name',
	'cardType',
	'scripts',
	'datasets',
	'filterApplicable',
	'codeHash',
	'revision',
	'updatedAt',
] as const;
const shownCard = cardItem.pick({
	cardId: true,
	ownerId: true,
	name: true,
	cardType: true,
	scripts: true,
	datasets: true,
	filterApplicable: true,
	codeHash: true,
	revision: true,
	updatedAt: true,
});
export type ShownCard = z.infer<typeof shownCard>;
export const parseShown = itemParser('cards', shownCard);

export function keyOf(cardId: string): KeyOf {
	return { table: 'cards', key: { cardId } };
}

export function paramsOf(card: Pick<CardItem, 'params'>): Record<string, Json> {
	return JSON.parse(card.params) as Record<string, Json>;
}

/** @param names of datasets, by id: what they are called now; one that is gone keeps its alias */
export function toContract(card: ListedCard, owner: Person, names: ReadonlyMap<string, string>): Card {
	const [first] = card.datasets;
	return {
		cardId: card.cardId,
		name: card.name,
		dataset: first ? { datasetId: first.datasetId, name: names.get(first.datasetId) ?? first.alias } : null,
		cardType: card.cardType,
		usedColumns: card.usedColumns,
		filterApplicable: card.filterApplicable,
		owner,
		createdAt: toIso(card.createdAt),
		updatedAt: toIso(card.updatedAt),
	};
}

export function toDetail(card: CardItem, owner: Person, names: ReadonlyMap<string, string>): CardDetail {
	return {
		...toContract(card, owner, names),
		code: card.code,
		params: paramsOf(card),
		description: card.description,
		datasetIds: card.datasets.map(({ datasetId }) => datasetId),
		datasets: card.datasets.map(({ datasetId, alias }) => ({ datasetId, alias, name: names.get(datasetId) ?? alias })),
		scripts: card.scripts,
		revision: card.revision,
	};
}

/** Stores a new card and claims its datasets. @throws ConditionFailed when one of them is gone */
export async function create(dynamo: Dynamo, card: CardItem): Promise<void> {
	const claims = card.datasets.flatMap(({ datasetId }) =>
		usages.claim({ kind: 'dataset', id: datasetId }, card.cardId, card.createdAt),
	);
	await dynamo.transact([{ put: { table: 'cards', item: card, condition: absent('cardId') } }, ...claims]);
}

/**
 * Stores the next state of a card that was read as `before`, with the change of its datasets.
 * @throws ConditionFailed for write 0 when it was changed meanwhile, for a later one when a dataset is gone
 */
export async function replace(dynamo: Dynamo, before: CardItem, card: CardItem): Promise<void> {
	const { added, dropped } = differenceOf(before.datasets, card.datasets);
	const writes: Write[] = [
		...added.flatMap((id) => usages.claim({ kind: 'dataset', id }, card.cardId, card.updatedAt)),
		...dropped.flatMap((id) => usages.release({ kind: 'dataset', id }, card.cardId)),
	];
	// Attribute by attribute: the count of users is changed by others at any time.
	const { cardId, useCount: _count, ...fields } = card;
	const main: Write = {
		update: { ...keyOf(cardId), update: change(fields), condition: when`${at('revision')} = ${before.revision}` },
	};
	await dynamo.transact([main, ...writes]);
}

/** Removes a card that nothing uses, and its claims. @throws ConditionFailed for write 0 when it is used or gone */
export async function remove(dynamo: Dynamo, card: CardItem): Promise<void> {
	const condition = usages.unused({ kind: 'card', id: card.cardId });
	const releases = card.datasets.flatMap(({ datasetId }) =>
		usages.release({ kind: 'dataset', id: datasetId }, card.cardId),
	);
	await dynamo.transact([{ remove: { ...keyOf(card.cardId), condition } }, ...releases]);
}

/** All cards of a person, as lists show them. */
export async function listByOwner(dynamo: Dynamo, ownerId: string): Promise<ListedCard[]> {
	const items = await dynamo.query({
		table: 'cards',
		index: 'CardsByOwner',
		where: when`${at('ownerId')} = ${ownerId}`,
	});
	return items.map(parseListed);
}
