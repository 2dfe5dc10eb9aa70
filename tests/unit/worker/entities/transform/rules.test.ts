import { describe, expect, test } from 'vitest';
import { findCycle, problemsOf, shorten, type Step } from '../../../../../src/worker/entities/transform/rules';

const code = 'def transform(inputs, params):\n    return inputs["a"]\n';

describe('a transform', () => {
	test('of a function of the right name is fine, whatever it reads', () => {
		expect(problemsOf({ code, params: {}, inputDatasetIds: [] })).toEqual({});
	});

	test.each([
		['no function', 'x = 1'],
		['a function of another name', 'def render(dataset, filters, params): return 1'],
		['a method', 'class A:\n    def transform(self): pass'],
		['a text that looks like one', 'text = """\ndef transform(inputs, params):\n"""'],
	])('of %s is refused', (_what, other) => {
		expect(problemsOf({ code: other, params: {}, inputDatasetIds: [] })).toEqual({
			code: 'must define def transform(inputs, params)',
		});
	});

	test('that names an input twice is refused, by field', () => {
		expect(problemsOf({ code, params: {}, inputDatasetIds: ['ds_1', 'ds_2', 'ds_1'] })).toEqual({
			'inputDatasetIds.2': 'is there already',
		});
	});

	test('whose params are not what its code declares is refused', () => {
		const declared = `PARAMS = {"top": {"type": "number", "default": 10, "min": 1}}\n${code}`;
		expect(Object.keys(problemsOf({ code: declared, params: { top: 0 }, inputDatasetIds: [] }))).toEqual([
			'params.top',
		]);
	});
});

describe('where inputs come from', () => {
	const step = (name: string, inputs: string[]): Step => ({
		transformId: name,
		outputDatasetId: `${name}-out`,
		inputs: inputs.map((datasetId) => ({ datasetId, alias: datasetId })),
	});
	const makers = (...steps: Step[]) => new Map(steps.map((one) => [one.outputDatasetId!, one]));
	const names = (chain: Step[] | null) => chain?.map(({ transformId }) => transformId) ?? null;

	test('is no cycle in a chain, or where two ways meet', () => {
		const known = makers(step('a', ['raw']), step('b', ['a-out']), step('c', ['a-out', 'b-out']));
		expect(findCycle('d', ['b-out', 'c-out', 'raw'], known)).toBeNull();
	});

	test('is a cycle when it comes from its own output, at once or far away, in the order in which data flow', () => {
		const known = makers(step('a', []), step('b', ['raw', 'a-out']), step('c', ['b-out']));
		expect(names(findCycle('a', ['a-out'], known))).toEqual(['a']);
		expect(names(findCycle('a', ['raw', 'c-out'], known))).toEqual(['a', 'b', 'c']);
	});

	test('ends even among transforms that make a circle without it', () => {
		expect(findCycle('z', ['a-out'], makers(step('a', ['b-out']), step('b', ['a-out'])))).toBeNull();
	});
});

test('a text is cut by its bytes, and never in the middle of a character', () => {
	expect(shorten('äöü', 4)).toBe('äö');
	expect(shorten('äöü', 5)).toBe('äö');
	expect(shorten('äöü', 6)).toBe('äöü');
});
