import { describe, expect, test } from 'vitest';
import { applyFix, suggest } from '$lib/components/editor/suggest';

const dataset = (alias: string, ...columns: string[]) => ({
	alias,
	columns: columns.map((name) => ({ name, type: 'string' as const })),
});
const names = {
	datasets: [dataset('flights', 'arr_delay', 'dep_delay', 'carrier'), dataset('carriers', 'carrier', 'country')],
	params: ['minutes'],
};
/** The fix of a KeyError for `name` in one line of code. */
const fixOf = (name: string, line: string) => suggest({ message: `KeyError: '${name}'`, line: 1 }, line, names);

describe('the likely fix of a failed run', () => {
	const code = 'def render(dataset, filters, params):\n    return dataset["arr_dealy"].mean()\n';

	test('is the nearest column to a name that the failing line has', () => {
		const fix = suggest({ message: "KeyError: 'arr_dealy'", line: 2 }, code, names);
		expect(fix).toEqual({ line: 2, wrong: 'arr_dealy', right: 'arr_delay' });
		expect(fix && applyFix(code, fix)).toContain('dataset["arr_delay"].mean()');
	});

	test('is none when nothing comes near, the line is unknown, or the name stands elsewhere', () => {
		expect(suggest({ message: "KeyError: 'population'", line: 2 }, code, names)).toBeNull();
		expect(suggest({ message: "KeyError: 'arr_dealy'", line: null }, code, names)).toBeNull();
		expect(suggest({ message: "KeyError: 'arr_dealy'", line: 1 }, code, names)).toBeNull();
	});

	test('leaves a name that is a column alone', () => {
		expect(suggest({ message: "bad value in 'carrier'", line: 1 }, 'x["carrier"]', names)).toBeNull();
	});

	test('is an input, a dataset or a param where the name is looked up among those', () => {
		expect(fixOf('carrier', 'table = inputs["carrier"]')?.right).toBe('carriers');
		expect(fixOf('fligths', "datasets['fligths'].head()")?.right).toBe('flights');
		expect(fixOf('minute', 'params[ "minute" ]')?.right).toBe('minutes');
		expect(fixOf('minute', 'filters["minute"]')).toBeNull();
	});

	test('is a column of an input whose own name is right', () => {
		expect(fixOf('contry', 'inputs["carriers"]["contry"]')?.right).toBe('country');
	});

	test('is found at once in a line that holds a picture as text', () => {
		const line = `picture = inputs["ordrs"], "${'a'.repeat(200_000)}"`;
		const started = performance.now();
		fixOf('ordrs', line);
		expect(performance.now() - started).toBeLessThan(1000);
	});

	test('changes the quoted name and not a variable that is called the same', () => {
		const line = 'fligths = inputs["fligths"]';
		const fix = fixOf('fligths', line);
		expect(fix && applyFix(line, fix)).toBe('fligths = inputs["flights"]');
	});
});
