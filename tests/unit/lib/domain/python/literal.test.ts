import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '$lib/contracts/common';
import { assignedTo, type Literal } from '$lib/domain/python/literal';
import { readString } from '$lib/domain/python/string';

/** What one literal reads as; undefined where any part of it is none. */
function read(source: string): Json | undefined {
	const [literal] = assignedTo('X', `X = ${source}\n`);
	return literal && jsonOf(literal);
}

function jsonOf(literal: Literal): Json | undefined {
	switch (literal.kind) {
		case 'none':
			return null;
		case 'unreadable':
			return undefined;
		case 'list':
			return literal.items.map((item) => jsonOf(item) as Json);
		case 'dict':
			return Object.fromEntries(literal.entries.map(({ key, value }) => [String(jsonOf(key)), jsonOf(value) as Json]));
		default:
			return literal.value;
	}
}

describe('a literal', () => {
	test.each<[string, Json]>([
		['None', null],
		['True', true],
		['False', false],
		['0', 0],
		['1_000_000', 1_000_000],
		['-1_0', -10],
		['+1.5e3', 1500],
		['- 2', -2],
		['.5', 0.5],
		['1.', 1],
		['1e-3', 0.001],
		['0xFF', 255],
		['0o17', 15],
		['0b1_01', 5],
		['-(-1)', 1],
		['(3)', 3],
		['[]', []],
		['()', []],
		['(1,)', [1]],
		['[1, [2, (3, "x")],]', [1, [2, [3, 'x']]]],
		['{}', {}],
		['{"a": {"b": [True, None]}, "c": -1,}', { a: { b: [true, null] }, c: -1 }],
		['{  # comment\n  "a": 1,  # more\n  # last\n}', { a: 1 }],
		['("one "\n  "text")', 'one text'],
		[`'it' "s" '''o'''`, 'itso'],
	])('%s', (source, value) => {
		expect(read(source)).toEqual(value);
	});

	test.each([
		'x',
		'1 + 2',
		'1j',
		'not True',
		'-True',
		'~1',
		'012',
		'1__0',
		'9007199254740993',
		'1e999',
		'f"a"',
		'f"{x}"',
		'b"a"',
		'"a" f"b"',
		'dict(a=1)',
		'{1, 2}',
		'{**other}',
		'{"a": 1, **other}',
		'{k: 1 for k in "ab"}',
		'[x for x in y]',
		'...',
		'"a".upper()',
		'`',
		'{"a": }',
		`${'['.repeat(30)}${']'.repeat(30)}`,
	])('is not %s', (source) => {
		const text = JSON.stringify(read(source)) ?? 'undefined';
		expect(source.startsWith('[[[') ? text.includes('null') : text === 'undefined').toBe(true);
	});

	test('is what a name is assigned at the top level, in any form of assignment', () => {
		const values = (code: string) => assignedTo('X', code).map(jsonOf);
		expect(values('X = 1')).toEqual([1]);
		expect(values('X: int = 1')).toEqual([1]);
		expect(values('Y = X = 1')).toEqual([1]);
		expect(values('import math; X = 1; Y = 2')).toEqual([1]);
		expect(values('X = 1\nX = 2')).toEqual([1, 2]);
		expect(values('Y = X\nX += 1\nX["a"] = 1\nobject.X = 3\nX == 4\nX: int\n# X = 5\n"""\nX = 6\n"""')).toEqual([]);
		expect(values('if True:\n    X = 1\ndef f():\n    X = 2\nclass C:\n    X = 3')).toEqual([]);
	});

	test('printed as Python from any value reads back', () => {
		fc.assert(
			fc.property(fc.jsonValue({ maxDepth: 4 }).chain(printed), ({ value, source }) => {
				expect(read(source), source).toEqual(value);
			}),
			{ numRuns: 500 },
		);
	});

	test('of any text is read without failing', () => {
		fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void assignedTo('X', `X = ${text}`)));
	});
});

describe('a text', () => {
	test.each([
		[`"a"`, 'a'],
		[`'a"b'`, 'a"b'],
		[`'''it's'''`, "it's"],
		[`"""a "quoted" word"""`, 'a "quoted" word'],
		[`"""two\nlines"""`, 'two\nlines'],
		[`"""two\r\nlines"""`, 'two\nlines'],
		[`"one \\\nline"`, 'one line'],
		[String.raw`"\\\'\"\a\b\f\n\r\t\v"`, '\\\'"\x07\b\f\n\r\t\v'],
		[String.raw`"\x41\u5217\U0001F600\101\0"`, 'A列😀A\0'],
		[String.raw`"\1234"`, 'S4'],
		[String.raw`"\d\ "`, '\\d\\ '],
		[String.raw`r"\d\n"`, '\\d\\n'],
		[String.raw`R'\''`, "\\'"],
		[`u"列"`, '列'],
		[`U'a'`, 'a'],
		['""', ''],
	])('%s', (literal, text) => {
		expect(readString(literal)).toBe(text);
	});

	test.each([
		`"a`,
		`'a"`,
		`"a\nb"`,
		`'a\\'`,
		`r'a\\'`,
		`b"a"`,
		`f"a"`,
		`rb"a"`,
		`"a"b"`,
		String.raw`"\x4"`,
		String.raw`"\u12"`,
		String.raw`"\ud83d\ude00"`,
		String.raw`"\U00110000"`,
		String.raw`"\N{BULLET}"`,
		'"\ud800"',
	])('is not %j', (literal) => {
		expect(readString(literal)).toBeNull();
	});
});

/** A value with one way of writing it in Python: quotes, brackets, spaces and comments as they fall. */
function printed(value: unknown): fc.Arbitrary<{ value: Json; source: string }> {
	return fc.infiniteStream(fc.nat(5)).map((choices) => {
		const choose = () => choices.next().value;
		return { value: plain(value as Json), source: print(plain(value as Json), choose) };
	});
}

/** Without −0, which JSON does not tell from 0, and integers that are not exact. */
function plain(value: Json): Json {
	return JSON.parse(
		JSON.stringify(value, (_key, part: Json) => (typeof part === 'number' && Math.abs(part) > 2 ** 53 ? 1 : part)),
	);
}

function print(value: Json, choose: () => number): string {
	if (value === null) return 'None';
	if (typeof value === 'boolean') return value ? 'True' : 'False';
	if (typeof value === 'number') return String(value);
	if (typeof value === 'string') return printText(value, choose());
	const gap = [' ', '', '\n', '  # why: {"x"}\n', '\t', '\n\n'];
	const comma = () => `,${gap[choose()]}`;
	const many = (items: string[]) => items.join(comma()) + (items.length > 0 && choose() > 2 ? comma() : '');
	if (!Array.isArray(value)) {
		return `{${many(Object.entries(value).map(([key, one]) => `${printText(key, choose())}:${gap[choose()]}${print(one, choose)}`))}}`;
	}
	const items = value.map((one) => print(one, choose));
	return choose() > 2 && items.length !== 1 ? `(${many(items)})` : `[${many(items)}]`;
}

function printText(text: string, style: number): string {
	const escaped = [...text]
		.map((character) => {
			const point = character.codePointAt(0)!;
			if (point < 32 || (style > 3 && point > 126)) return `\\U${point.toString(16).padStart(8, '0')}`;
			return character === '\\' || character === '"' || character === "'" ? `\\${character}` : character;
		})
		.join('');
	const quote = ['"', "'", '"""', "'''", '"', "'"][style]!;
	return quote + escaped + quote;
}
