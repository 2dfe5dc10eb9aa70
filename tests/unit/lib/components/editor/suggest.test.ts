import { describe, expect, test } from 'vitest';
import { applyFix, suggest } from '$lib/components/editor/suggest';

const code = 'def render(dataset, filters, params):\n    return dataset["arr_dealy"].mean()\n';
const columns = ['arr_delay', 'dep_delay', 'carrier'];

describe('the likely fix of a failed run', () => {
	test('is the nearest column to a name that the failing line has', () => {
		const fix = suggest({ message: "KeyError: 'arr_dealy'", line: 2 }, code, columns);
		expect(fix).toEqual({ line: 2, wrong: 'arr_dealy', right: 'arr_delay' });
		expect(fix && applyFix(code, fix)).toContain('dataset["arr_delay"].mean()');
	});

	test('is none when nothing comes near, the line is unknown, or the name stands elsewhere', () => {
		expect(suggest({ message: "KeyError: 'population'", line: 2 }, code, columns)).toBeNull();
		expect(suggest({ message: "KeyError: 'arr_dealy'", line: null }, code, columns)).toBeNull();
		expect(suggest({ message: "KeyError: 'arr_dealy'", line: 1 }, code, columns)).toBeNull();
	});

	test('leaves a name that is a column alone', () => {
		expect(suggest({ message: "bad value in 'carrier'", line: 1 }, 'x["carrier"]', columns)).toBeNull();
	});
});
