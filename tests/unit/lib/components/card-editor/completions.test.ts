import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, test } from 'vitest';
import { completeFrom } from '$lib/components/card-editor/completions';

const names = {
	datasets: [
		{
			alias: 'flights',
			columns: [
				{ name: 'carrier', type: 'string' as const },
				{ name: 'arr delay', type: 'float64' as const },
			],
		},
	],
	params: ['top'],
};

/** What is offered at the end of `text`. */
async function offered(text: string): Promise<string[]> {
	const context = new CompletionContext(EditorState.create({ doc: text }), text.length, false);
	const result = await completeFrom(() => names)(context);
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
