import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '$lib/contracts/common';
import { attach, codeHash, problemsOf, readCode } from '../../../../../src/worker/entities/card/rules';

describe('code', () => {
	test.each([
		'def render(dataset, filters, params):\n    return "x"',
		'import math\n\n@cached\ndef render(\n    dataset, *rest):\n    pass',
		'if True:\n    def render(d, f, p): pass',
		'def render(d, f, p):\n    return d[',
	])('is a card when it defines render: %j', (code) => {
		expect(readCode(code).hasRender).toBe(true);
	});

	test.each([
		'',
		'# def render(dataset, filters, params):',
		'"""def render(dataset, filters, params): pass"""',
		'def rendered(d, f, p): pass',
		'class A:\n    def render(self, d, f, p): pass',
		'def outer():\n    def render(d, f, p): pass',
		'render = 3',
	])('is none when it only looks so: %j', (code) => {
		expect(readCode(code).hasRender).toBe(false);
	});

	test('any text can be read', { timeout: 30_000 }, () => {
		fc.assert(fc.property(fc.string({ unit: 'binary' }), (code) => void readCode(code)));
	});
});

describe('filter_applicable in code', () => {
	const declared = (result: string) => readCode(`def render(d, f, p):\n    return ${result}`).filterApplicable;

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

	test.each([
		'HTMLResult("x")',
		'HTMLResult("x", filter_applicable=names)',
		'HTMLResult("x", filter_applicable=["a", name])',
		'HTMLResult("x", filter_applicable=[f"a"])',
		'HTMLResult("x", filter_applicable=["a\\n"])',
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
		expect(Object.keys(problemsOf({ ...card, code: `${card.code} # \ud800` }))).toEqual(['code']);
		expect(problemsOf({ ...card, params: { long: 'é'.repeat(33_000) } })).toEqual({ params: 'at most 64 KB' });
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

describe('aliases', () => {
	test('are the names at attachment, freeze, and stay apart', () => {
		const first = attach(
			[
				{ datasetId: '1', name: 'Sales' },
				{ datasetId: '2', name: 'Sales' },
			],
			[],
		);
		expect(first.map(({ alias }) => alias)).toEqual(['Sales', 'Sales 2']);
		const later = attach(
			[
				{ datasetId: '3', name: 'Sales' },
				{ datasetId: '1', name: 'Renamed' },
			],
			first,
		);
		expect(later).toEqual([
			{ datasetId: '3', alias: 'Sales 2' },
			{ datasetId: '1', alias: 'Sales' },
		]);
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
