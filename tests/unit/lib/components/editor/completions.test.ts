import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, test } from 'vitest';
import { completeFrom, type Names } from '$lib/components/editor/completions';

const names: Names = {
	kind: 'card',
	datasets: [
		{
			alias: 'flights',
			columns: [
				{ name: 'carrier', type: 'string' },
				{ name: 'arr delay', type: 'float64' },
			],
		},
	],
	params: ['top'],
};

/** What is offered at the end of `text`. */
async function offered(text: string, kind: Names['kind'] = 'card'): Promise<string[]> {
	const context = new CompletionContext(EditorState.create({ doc: text }), text.length, false);
	const result = await completeFrom(() => ({ ...names, kind }))(context);
	return result?.options.map(({ label }) => label) ?? [];
}

describe('completions in a card', () => {
	test('are the columns of its data inside quotes', async () => {
		expect(await offered('dataset["')).toEqual(['carrier', 'arr delay']);
		expect(await offered("by = dataset.groupby('ca")).toEqual(['carrier', 'arr delay']);
	});

	test('are the keys of params and datasets in their brackets', async () => {
		expect(await offered('params["')).toEqual(['top']);
		expect(await offered('datasets["')).toEqual(['flights']);
	});

	test('are columns that can be attributes after dataset, and nothing after other names', async () => {
		expect(await offered('dataset.')).toEqual(['carrier']);
		expect(await offered('px.ba')).toEqual([]);
	});

	test('are what is imported already and the arguments of render elsewhere', async () => {
		expect(await offered('d')).toEqual(
			expect.arrayContaining(['dataset', 'datasets', 'filters', 'params', 'pd', 'number']),
		);
		expect(await offered('x = "carrier"')).toEqual([]);
	});
});

describe('completions in a transform', () => {
	test('are the names of its inputs in their brackets', async () => {
		expect(await offered('inputs["', 'transform')).toEqual(['flights']);
	});

	test('are the arguments of transform, and none of a card', async () => {
		const labels = await offered('in', 'transform');
		expect(labels).toEqual(expect.arrayContaining(['inputs', 'params', 'pd']));
		for (const ofCards of ['dataset', 'filters', 'number', 'HTMLResult']) expect(labels).not.toContain(ofCards);
	});
});
