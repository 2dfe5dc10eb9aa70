import { describe, expect, test } from 'vitest';
import { checkParams, keepDeclared, mergeParams, paramsProblems, readParams } from '$lib/domain/params';

const CODE = `import math

PARAMS = {
    "top": {"type": "number", "label": "Rows", "help": "How many bars", "default": 10, "min": 1, "max": 50, "step": 1},
    "measure": {"type": "select", "options": ["sales", ("profit", "Profit, net"), 3], "default": "profit"},
    "since": {"type": "date", "default": "2024-01-01", "min": "2020-01-01"},
    "title": {"type": "text"},
}

def render(dataset, filters, params):
    return params["title"]
`;
const declare = (spec: string) => readParams(`PARAMS = {"p": ${spec}}`);
const kinds = (spec: string) => declare(spec).problems.map(({ kind, about }) => [kind, about]);

describe('a declaration', () => {
	test('gives definitions in their order, with what the code left out filled in', () => {
		expect(readParams(CODE)).toEqual({
			declared: true,
			problems: [],
			definitions: [
				{ name: 'top', type: 'number', label: 'Rows', help: 'How many bars', default: 10, min: 1, max: 50, step: 1 },
				{
					name: 'measure',
					type: 'select',
					label: 'measure',
					help: null,
					default: 'profit',
					options: [
						{ value: 'sales', label: 'sales' },
						{ value: 'profit', label: 'Profit, net' },
						{ value: 3, label: '3' },
					],
				},
				{
					name: 'since',
					type: 'date',
					label: 'since',
					help: null,
					default: '2024-01-01',
					min: '2020-01-01',
					max: null,
				},
				{ name: 'title', type: 'text', label: 'title', help: null, default: '' },
			],
		});
	});

	test('without a default: text is empty, a choice is the first, a number or date is not set', () => {
		expect(
			mergeParams(
				`PARAMS = {"a": {"type": "text"}, "b": {"type": "select", "options": [2, 1]},
			"c": {"type": "number", "default": None}, "d": {"type": "date"}}`,
				{},
			),
		).toEqual({ a: '', b: 2, c: null, d: null });
	});

	test('is absent from code that has none at its top level', () => {
		const none = { declared: false, definitions: [], problems: [] };
		expect(readParams('def render(d, f, p): pass')).toEqual(none);
		expect(readParams('# PARAMS = {}\ndef f():\n    PARAMS = {}\nprint(PARAMS)')).toEqual(none);
		expect(readParams('PARAMS = {}')).toEqual({ ...none, declared: true });
	});

	test('says on which line what is wrong, and keeps the parameters that are right', () => {
		const { definitions, problems } = readParams(
			'PARAMS = {\n  "good": {"type": "text"},\n  "bad": {\n    "type": "number",\n    "default": "x"},\n}',
		);
		expect(definitions.map(({ name }) => name)).toEqual(['good']);
		expect(problems).toEqual([
			{ line: 5, param: 'bad', kind: 'default', about: '', value: { kind: 'not_number', about: '' } },
		]);
	});

	test.each([
		['PARAMS = load()', 'unreadable', 'load()'],
		['PARAMS = dict(top=1)', 'unreadable', 'dict(top=1)'],
		['PARAMS = {"a": {"type": "text"}, **more}', 'unreadable', '{"a": {"type": "text"}, **more}'],
		['PARAMS = [1]', 'not_dict', ''],
		['PARAMS = {name: {}}', 'unreadable', 'name'],
		['PARAMS = {"a": {"type": "text"}, "a": {"type": "date"}}', 'twice', 'a'],
		['PARAMS = {}\nPARAMS = {}', 'twice', 'PARAMS'],
		['PARAMS = {"a": 1}', 'not_dict', ''],
		['PARAMS = {"__proto__": {"type": "text"}}', 'bad_name', '__proto__'],
		['PARAMS = {"a b": {"type": "text"}}', 'bad_name', 'a b'],
		['PARAMS = {"": {"type": "text"}}', 'bad_name', ''],
	])('%s is refused', (code, kind, about) => {
		expect(readParams(code).problems).toMatchObject([{ kind, about }]);
	});

	test.each([
		['{}', 'unknown_type', ''],
		['{"type": "colour"}', 'unknown_type', 'colour'],
		['{"type": kind}', 'unknown_type', ''],
		['{"type": "text", "defualt": "x"}', 'unknown_key', 'defualt'],
		['{"type": "text", "min": 1}', 'unknown_key', 'min'],
		['{"type": "text", "label": 3}', 'key_not_text', 'label'],
		['{"type": "text", "label": _("Rows")}', 'unreadable', '_("Rows")'],
		['{"type": "number", "min": "1"}', 'key_not_number', 'min'],
		['{"type": "number", "step": 0}', 'bad_step', ''],
		['{"type": "number", "min": 2, "max": 1}', 'min_over_max', ''],
		['{"type": "number", "default": 7, "max": 5}', 'default', ''],
		['{"type": "number", "default": True}', 'default', ''],
		['{"type": "number", "default": [1]}', 'default', ''],
		['{"type": "number", "default": 1.5, "step": 1}', 'default', ''],
		['{"type": "number", "default": 2 * 5}', 'unreadable', '2 * 5'],
		['{"type": "date", "default": "2024-02-30"}', 'default', ''],
		['{"type": "date", "default": "1 Jan 2024"}', 'default', ''],
		['{"type": "date", "min": "2024"}', 'key_not_date', 'min'],
		['{"type": "date", "min": "2024-02-01", "max": "2024-01-01"}', 'min_over_max', ''],
		['{"type": "select"}', 'bad_options', ''],
		['{"type": "select", "options": []}', 'bad_options', ''],
		['{"type": "select", "options": ["a", None]}', 'bad_options', ''],
		['{"type": "select", "options": [["a", "A", 1]]}', 'bad_options', ''],
		['{"type": "select", "options": [["a", 1]]}', 'bad_options', ''],
		['{"type": "select", "options": ["a", "a"]}', 'twice', 'a'],
		['{"type": "select", "options": list(x), "default": "a"}', 'unreadable', 'list(x)'],
		['{"type": "select", "options": ["a"], "default": "b"}', 'default', ''],
		['{"type": "select", "options": ["1"], "default": 1}', 'default', ''],
	])('of %s is refused', (spec, kind, about) => {
		expect(kinds(spec)).toEqual([[kind, about]]);
		expect(declare(spec).definitions).toEqual([]);
	});
});

describe('values', () => {
	const { definitions } = readParams(`PARAMS = {
		"n": {"type": "number", "default": 5, "min": 1, "max": 9, "step": 2}, "f": {"type": "number", "step": 0.1},
		"s": {"type": "select", "options": ["a", 1]}, "d": {"type": "date", "max": "2024-12-31"}, "t": {"type": "text"}}`);
	const check = (values: Parameters<typeof checkParams>[1]) => checkParams(definitions, values);

	test('that fit have no problem, and neither have those that are left to their default', () => {
		expect(check({})).toEqual({});
		expect(check({ n: 1, f: 0.3, s: 1, d: '2024-02-29', t: '' })).toEqual({});
		expect(check({ n: 9, f: null, s: 'a', d: null, t: '列' })).toEqual({});
	});

	test.each([
		['n', 0, 'too_small', '1'],
		['n', 10, 'too_large', '9'],
		['n', 2, 'off_step', '2'],
		['n', '5', 'not_number', ''],
		['n', true, 'not_number', ''],
		['n', null, 'not_number', ''],
		['f', 0.35, 'off_step', '0.1'],
		['s', '1', 'not_option', ''],
		['s', null, 'not_option', ''],
		['d', '2025-01-01', 'too_large', '2024-12-31'],
		['d', '2023-02-29', 'not_date', ''],
		['d', 20240101, 'not_date', ''],
		['t', 5, 'not_text', ''],
		['t', null, 'not_text', ''],
		['other', 1, 'undeclared', ''],
		['toString', 1, 'undeclared', ''],
	])('of %s: %j does not fit', (name, value, kind, about) => {
		expect(check({ [name]: value })).toEqual({ [name]: { kind, about } });
	});
});

describe('what code is given', () => {
	test('is its defaults with the stored values in their place, and nothing that it does not declare', () => {
		const defaults = { top: 10, measure: 'profit', since: '2024-01-01', title: '' };
		expect(mergeParams(CODE, {})).toEqual(defaults);
		expect(mergeParams(CODE, { top: 3, gone: true })).toEqual({ ...defaults, top: 3 });
		expect(mergeParams(CODE, mergeParams(CODE, { top: 3 }))).toEqual({ ...defaults, top: 3 });
		expect(keepDeclared(CODE, { top: 3, gone: true })).toEqual({ top: 3 });
	});

	test('is what is stored, as it is, when it declares nothing or nothing that can be read', () => {
		const stored = { anything: [{ goes: null }] };
		for (const code of ['', 'PARAMS = load()', 'PARAMS = {"p": {"type": "colour"}}']) {
			expect(mergeParams(code, stored)).toEqual(stored);
			expect(keepDeclared(code, stored)).toEqual(stored);
		}
	});
});

test('problems are named by the field, in words', () => {
	expect(paramsProblems('x = 1', { a: 1 })).toEqual({});
	expect(paramsProblems(CODE, { top: 3 })).toEqual({});
	expect(paramsProblems(CODE, { top: 51, size: 1 })).toEqual({
		'params.top': 'must be 50 at most',
		'params.size': 'is not declared in PARAMS',
	});
	expect(paramsProblems('\nPARAMS = {"p": {"type": "number", "min": 2, "default": 1}}', {})).toEqual({
		code: 'line 2: "p" has a default that must be 2 at least',
	});
	expect(paramsProblems('PARAMS = load()', {})).toEqual({
		code: 'line 1: PARAMS cannot be read without running the code: write "load()" out as a text, number, list or dict',
	});
});
