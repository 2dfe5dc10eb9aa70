// What the editor offers while a card or a transform is written: the columns of its data, the arguments of its function, the
// names that are imported already. Knows CodeMirror's completion protocol and no page.
import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import type { Column } from '$lib/contracts/dataset';

export interface NamedDataset {
	/** Its name in code. */
	alias: string;
	columns: Pick<Column, 'name' | 'type'>[];
}
export interface Names {
	/** What the code is for: its function gets other arguments. */
	kind: 'card' | 'transform';
	datasets: NamedDataset[];
	/** Keys of the params. */
	params: string[];
}

const variables = (details: Record<string, string>): Completion[] =>
	Object.entries(details).map(([label, detail]) => ({ label, detail, type: 'variable' }));

const declaration: Completion = {
	label: 'PARAMS',
	detail: '{"top": {"type": "number", "default": 10}}: params with a form',
	type: 'constant',
};

const own: Record<Names['kind'], Completion[]> = {
	card: [
		...variables({
			dataset: 'the card’s data, filtered: a DataFrame',
			datasets: 'every dataset by name',
			filters: 'the filters that apply, by column',
			params: 'the card’s own settings',
		}),
		declaration,
		{ label: 'number', detail: 'number(value, label, delta, format)', type: 'function' },
		{ label: 'HTMLResult', detail: 'HTMLResult(html, filter_applicable=[…])', type: 'class' },
	],
	transform: [
		...variables({ inputs: 'every input by name: DataFrames', params: 'the transform’s own settings' }),
		declaration,
	],
};

const globals: Completion[] = [
	...variables({
		pd: 'pandas',
		np: 'numpy',
		px: 'plotly.express',
		go: 'plotly.graph_objects',
		plt: 'matplotlib.pyplot',
		sns: 'seaborn',
		pl: 'polars',
		pa: 'pyarrow',
		duckdb: 'DuckDB',
		alt: 'altair',
	}),
	...[
		'def',
		'return',
		'if',
		'else',
		'elif',
		'for',
		'in',
		'not',
		'and',
		'or',
		'lambda',
		'None',
		'True',
		'False',
		'import',
		'from',
		'with',
		'as',
	].map((label) => ({ label, type: 'keyword' })),
];

const columnChoices = (datasets: NamedDataset[]): Completion[] => {
	const found = new Map<string, Completion>();
	for (const { columns } of datasets)
		for (const { name, type } of columns) found.set(name, { label: name, detail: type, type: 'property' });
	return [...found.values()];
};

/** Completions from what `names` says at the moment they are asked for. */
export function completeFrom(names: () => Names): CompletionSource {
	return (context) => {
		const { kind, datasets, params } = names();
		return inString(context, datasets, params) ?? attribute(context, datasets) ?? word(context, own[kind]);
	};
}

/** Inside quotes: keys of what stands before the bracket, columns anywhere else. */
function inString(context: CompletionContext, datasets: NamedDataset[], params: string[]): CompletionResult | null {
	const match = context.matchBefore(/(?:[\w.]*\[\s*)?["'][^"'\n]*/);
	if (!match) return null;
	const quote = match.text.search(/["']/);
	if (isClosed(context, match.from + quote)) return null;
	const owner = /^(\w+)\[/.exec(match.text)?.[1];
	const aliases = datasets.map(({ alias }) => ({ label: alias, detail: 'dataset', type: 'property' }));
	const choices: Record<string, Completion[]> = {
		params: params.map((label) => ({ label, type: 'property' })),
		datasets: aliases,
		inputs: aliases,
	};
	return {
		from: match.from + quote + 1,
		options: choices[owner ?? ''] ?? columnChoices(datasets),
		validFor: /^[^"'\n]*$/,
	};
}

/** The quote at `at` ends a string that another one on the line has opened. */
function isClosed(context: CompletionContext, at: number): boolean {
	const line = context.state.doc.lineAt(at);
	const before = line.text.slice(0, at - line.from).replace(/\\./g, '');
	const quote = context.state.sliceDoc(at, at + 1);
	return (before.split(quote).length - 1) % 2 === 1;
}

/** `dataset.` and `filters.`: columns that can be written as attributes. */
function attribute(context: CompletionContext, datasets: NamedDataset[]): CompletionResult | null {
	const match = context.matchBefore(/\b\w+\.\w*/);
	if (!match) return null;
	if (!match.text.startsWith('dataset.')) return { from: context.pos, options: [] };
	const options = columnChoices(datasets).filter(({ label }) => /^[\p{L}_][\p{L}\p{N}_]*$/u.test(label));
	return { from: match.from + 'dataset.'.length, options, validFor: /^\w*$/ };
}

function word(context: CompletionContext, known: Completion[]): CompletionResult | null {
	const match = context.matchBefore(/\w+/);
	if (!match && !context.explicit) return null;
	return { from: match?.from ?? context.pos, options: [...known, ...globals], validFor: /^\w*$/ };
}
