// What makes a card: pure rules about its code, its parameters and the names of its datasets. Knows no store and no actor.
import { parser } from '@lezer/python';
import type { Json } from '$lib/contracts/common';
import { canonicalJson, sha256Hex } from '$lib/domain/canonical';
import { mergeParams, paramsProblems } from '$lib/domain/params';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** Bytes of UTF-8 JSON that a card's params may take. */
const MAX_PARAMS_BYTES = 64 * 1024;
/** Aliases become names in Python's `datasets`; any text is one. */
const MAX_ALIAS_CHARS = 255;

export type CardType = 'code' | 'text';

/** A dataset as a card's code knows it: `alias` is its name when it was attached, and stays. */
export interface AttachedDataset {
	datasetId: string;
	alias: string;
}

export interface CodeFacts {
	hasRender: boolean;
	/** The literal `filter_applicable=[…]` of the code's `HTMLResult(…)`, or null when it has none that can be read. */
	filterApplicable: string[] | null;
}

/** What a card's code says about itself, read from its syntax tree without running it. Broken code is read as far as it goes. */
export function readCode(code: string): CodeFacts {
	const tree = parser.parse(code);
	let hasRender = false;
	const declared = new Set<string>();
	let readable = false;
	tree.iterate({
		enter({ name, node }) {
			if (name === 'FunctionDefinition' && isModuleLevel(node) && nameOf(node, code) === 'render') hasRender = true;
			if (name !== 'CallExpression' || !callsResult(node, code)) return;
			const columns = keywordList(node, 'filter_applicable', code);
			if (!columns) return;
			readable = true;
			for (const column of columns) declared.add(column);
		},
	});
	return { hasRender, filterApplicable: readable ? [...declared] : null };
}

/** Why these fields make no card, by field; empty when they do. */
export function problemsOf(card: {
	cardType: CardType;
	code: string;
	params: Record<string, Json>;
	datasetIds: readonly string[];
}): Record<string, string> {
	const problems = card.cardType === 'code' ? paramsProblems(card.code, card.params) : {};
	if (card.cardType === 'code' && !readCode(card.code).hasRender) {
		problems['code'] = 'must define def render(dataset, filters, params)';
	}
	if (card.cardType === 'code' && card.datasetIds.length === 0)
		problems['datasetId'] = 'is needed: a card of code has data';
	if (!card.code.isWellFormed()) problems['code'] = 'must be well-formed Unicode text';
	if (byteLength(JSON.stringify(card.params)) > MAX_PARAMS_BYTES) problems['params'] = 'at most 64 KB';
	if (new Set(card.datasetIds).size !== card.datasetIds.length) problems['datasetIds'] = 'must name each dataset once';
	return problems;
}

/**
 * The datasets of a card in the order asked for: those attached before keep their alias, new ones take their present
 * name, made unique by a number.
 */
export function attach(
	datasets: readonly { datasetId: string; name: string }[],
	before: readonly AttachedDataset[],
): AttachedDataset[] {
	const kept = new Map(before.map(({ datasetId, alias }) => [datasetId, alias]));
	const taken = new Set(datasets.flatMap(({ datasetId }) => kept.get(datasetId) ?? []));
	return datasets.map(({ datasetId, name }) => {
		const alias = kept.get(datasetId) ?? freeAlias(name.slice(0, MAX_ALIAS_CHARS), taken);
		taken.add(alias);
		return { datasetId, alias };
	});
}

function freeAlias(name: string, taken: ReadonlySet<string>): string {
	for (let number = 2, alias = name; ; number += 1) {
		if (!taken.has(alias)) return alias;
		alias = `${name} ${number}`;
	}
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

/** Whether code defines a function of this name that it runs from its top. Broken code is read as far as it goes. */
export function definesFunction(code: string, name: string): boolean {
	let found = false;
	parser.parse(code).iterate({
		enter({ name: kind, node }) {
			if (kind === 'FunctionDefinition' && isModuleLevel(node) && nameOf(node, code) === name) found = true;
		},
	});
	return found;
}

/** A definition that code at the top runs: not inside a class or another function. */
function isModuleLevel(node: SyntaxNode): boolean {
	for (let parent = node.parent; parent; parent = parent.parent) {
		if (parent.name === 'ClassDefinition' || parent.name === 'FunctionDefinition') return false;
	}
	return true;
}

function nameOf(definition: SyntaxNode, code: string): string | null {
	const name = definition.getChild('VariableName');
	return name && definition.getChild('ParamList') ? code.slice(name.from, name.to) : null;
}

function callsResult(call: SyntaxNode, code: string): boolean {
	const callee = call.firstChild;
	return callee?.name === 'VariableName' && code.slice(callee.from, callee.to) === 'HTMLResult';
}

/** The texts of a keyword argument that is a literal list or tuple of plain strings. */
function keywordList(call: SyntaxNode, keyword: string, code: string): string[] | null {
	const names = call.getChild('ArgList')?.getChildren('VariableName') ?? [];
	const name = names.find((one) => code.slice(one.from, one.to) === keyword && one.nextSibling?.name === 'AssignOp');
	const list = name?.nextSibling?.nextSibling;
	if (list?.name !== 'ArrayExpression' && list?.name !== 'TupleExpression') return null;
	const texts: string[] = [];
	for (let item = list.firstChild; item; item = item.nextSibling) {
		if (/^[[\](),]$/.test(item.name) || item.name === 'Comment') continue;
		const text = item.name === 'String' && !item.firstChild ? plainString(code.slice(item.from, item.to)) : null;
		if (text === null) return null;
		texts.push(text);
	}
	return texts;
}

/** The content of a string literal without prefix and escapes. */
function plainString(literal: string): string | null {
	const match = /^('''|"""|'|")([^]*)\1$/.exec(literal);
	return match && !match[2]!.includes('\\') ? match[2]! : null;
}

function byteLength(text: string): number {
	return new TextEncoder().encode(text).length;
}

/** Why a dataset cannot be one of a card's. */
export const NOT_YOURS = 'is not a dataset of yours';
