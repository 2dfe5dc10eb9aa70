import { describe, expect, test } from 'vitest';
import type { Json } from '$lib/contracts/common';
import { codeHash, declaredFilters, problemsOf } from '../../../../../src/worker/entities/card/rules';

describe('filter_applicable in code', () => {
	const declared = (result: string) => declaredFilters(`def render(d, f, p):\n    return ${result}`);

	test('is read from a literal list or tuple', () => {
		expect(declared(`HTMLResult("x", used_columns=["z"], filter_applicable=["region", 'day',])`)).toEqual([
			'region',
			'day',
		]);
		expect(declared('HTMLResult("x", filter_applicable=("region", "day"))')).toEqual(['region', 'day']);
		expect(declared('HTMLResult("x", filter_applicable=[])')).toEqual([]);
	});

	test('of several results is all that any of them names', () => {
		const code = 'HTMLResult("", filter_applicable=["a"]) if d.empty else HTMLResult("x", filter_applicable=["b"])';
		expect(declared(code)).toEqual(['a', 'b']);
	});

	test('is what the texts mean to Python', () => {
		expect(declared('HTMLResult("x", filter_applicable=["a\\n", r"b\\n", "c" "d"])')).toEqual(['a\n', 'b\\n', 'cd']);
	});

	test.each([
		'HTMLResult("x")',
		'HTMLResult("x", filter_applicable=names)',
		'HTMLResult("x", filter_applicable=["a", name])',
		'HTMLResult("x", filter_applicable=[f"a"])',
		'HTMLResult("x", filter_applicable=[1])',
		'HTMLResult("x", filter_applicable=[*names])',
		'HTMLResult("x", filter_applicable="a")',
		'out.HTMLResult("x", filter_applicable=["a"])',
		'other("x", filter_applicable=["a"])',
		'"HTMLResult(filter_applicable=[1])"',
	])('is unknown when it is not plain: %s', (result) => {
		expect(declared(result)).toBeNull();
	});
});

describe('a card', () => {
	const card = { cardType: 'code' as const, code: 'def render(d, f, p): pass', params: {}, datasetIds: ['ds_1'] };

	test('is refused by the field that is wrong', () => {
		expect(problemsOf(card)).toEqual({});
		expect(problemsOf({ ...card, code: 'x' })).toEqual({ code: expect.stringContaining('def render') });
		expect(problemsOf({ ...card, cardType: 'text', code: '# Hello', datasetIds: [] })).toEqual({});
		expect(Object.keys(problemsOf({ ...card, datasetIds: [] }))).toEqual(['datasetId']);
		expect(Object.keys(problemsOf({ ...card, datasetIds: ['a', 'a'] }))).toEqual(['datasetIds']);
	});

	test('whose code declares parameters is refused for values that do not fit, and for a declaration that cannot be read', () => {
		const declaring = (declaration: string) => ({ ...card, code: `PARAMS = ${declaration}\n${card.code}` });
		const top = declaring('{"top": {"type": "number", "max": 9}}');
		expect(problemsOf({ ...top, params: { top: 9 } })).toEqual({});
		expect(problemsOf({ ...top, params: { top: 10, size: 1 } })).toEqual({
			'params.top': 'must be 9 at most',
			'params.size': 'is not declared in PARAMS',
		});
		expect(problemsOf(declaring('make()'))).toEqual({ code: expect.stringMatching(/^line 1: PARAMS .*"make\(\)"/) });
		expect(problemsOf({ ...declaring('make()'), cardType: 'text' })).toEqual({});
	});
});

describe('the hash of a card', () => {
	const card = {
		cardType: 'code' as const,
		code: 'x',
		params: { a: 1, b: { c: 2, d: [3] } },
		scripts: false,
		datasets: [{ datasetId: '1', alias: 'Sales' }],
	};

	test('changes with code, params, kind, the script switch and aliases, and with nothing else', async () => {
		const same = await Promise.all([
			codeHash(card),
			codeHash({ ...card, params: { b: { d: [3], c: 2 }, a: 1 } }),
			codeHash({ ...card, datasets: [{ datasetId: 'other', alias: 'Sales' }] }),
		]);
		expect(new Set(same).size).toBe(1);
		const others = await Promise.all([
			codeHash({ ...card, code: 'y' }),
			codeHash({ ...card, params: { ...card.params, a: 2 } }),
			codeHash({ ...card, cardType: 'text' }),
			codeHash({ ...card, scripts: true }),
			codeHash({ ...card, datasets: [{ datasetId: '1', alias: 'Other' }] }),
		]);
		expect(new Set([...same, ...others]).size).toBe(1 + others.length);
	});

	test('is one for a default and for the same value stored', async () => {
		const code = 'PARAMS = {"top": {"type": "number", "default": 10}}';
		const stored: Record<string, Json>[] = [{}, { top: 10 }, { top: 10, gone: true }, { top: 11 }];
		const hashes = stored.map((params) => codeHash({ ...card, code, params }));
		expect(new Set(await Promise.all(hashes)).size).toBe(2);
	});
});
