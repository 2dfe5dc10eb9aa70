// What makes a card: pure rules about its code and its parameters. Knows no store and no actor.
import type { Json } from '$lib/contracts/common';
import { canonicalJson, sha256Hex } from '$lib/domain/canonical';
import { mergeParams, paramsProblems } from '$lib/domain/params';
import { keywordArguments } from '$lib/domain/python/arguments';
import { definesFunction } from '$lib/domain/python/definitions';
import type { Literal } from '$lib/domain/python/literal';
import type { AttachedDataset } from '../dataset/rules';

export type CardType = 'code' | 'text';

/** Bytes of all that a card keeps: DynamoDB takes 400 KB an item. */
const MAX_CARD_BYTES = 390 * 1024;

/**
 * What results of a card's code name as `filter_applicable=[…]`, read without running it; null when none of them names plain texts.
 */
export function declaredFilters(code: string): string[] | null {
	const lists = keywordArguments(code, { callee: 'HTMLResult', keyword: 'filter_applicable' }).map(textsOf);
	const readable = lists.filter((texts) => texts !== null);
	return readable.length > 0 ? [...new Set(readable.flat())] : null;
}

function textsOf(literal: Literal): string[] | null {
	if (literal.kind !== 'list') return null;
	const texts = literal.items.filter((item) => item.kind === 'text').map(({ value }) => value);
	return texts.length === literal.items.length ? texts : null;
}

/** Why these fields make no card, by field; empty when they do. */
export function problemsOf(card: {
	cardType: CardType;
	code: string;
	params: Record<string, Json>;
	datasetIds: readonly string[];
}): Record<string, string> {
	const problems = card.cardType === 'code' ? paramsProblems(card.code, card.params) : {};
	if (card.cardType === 'code' && !definesFunction(card.code, 'render')) {
		problems['code'] = 'must define def render(dataset, filters, params)';
	}
	if (card.cardType === 'code' && card.datasetIds.length === 0)
		problems['datasetId'] = 'is needed: a card of code has data';
	if (new Set(card.datasetIds).size !== card.datasetIds.length) problems['datasetIds'] = 'must name each dataset once';
	return problems;
}

/** Why a card cannot be kept as it is, by field: its code fits alone, and may not with what it names. */
export function sizeProblems(card: {
	code: string;
	params: string;
	description: string | null;
	usedColumns: readonly string[];
	filterApplicable: readonly string[] | null;
}): Record<string, string> {
	const { code, params, description, usedColumns, filterApplicable } = card;
	const texts = [code, params, description ?? '', ...usedColumns, ...(filterApplicable ?? [])];
	const bytes = new TextEncoder().encode(texts.join(' ')).length;
	return bytes <= MAX_CARD_BYTES ? {} : { code: 'too large together with its params and the columns that it names' };
}

/**
 * The part of a card's content key that is known when it is saved. A value that is stored and one that is the code's own default
 * are the same content.
 */
export function codeHash(card: {
	cardType: CardType;
	code: string;
	params: Record<string, Json>;
	scripts: boolean;
	datasets: readonly AttachedDataset[];
}): Promise<string> {
	return sha256Hex(
		canonicalJson({
			kind: card.cardType,
			code: card.code,
			params: card.cardType === 'code' ? mergeParams(card.code, card.params) : card.params,
			scripts: card.scripts,
			aliases: card.datasets.map(({ alias }) => alias),
		}),
	);
}
