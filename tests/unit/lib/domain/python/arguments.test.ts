import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keywordArguments } from '$lib/domain/python/arguments';

const kindsIn = (code: string) => keywordArguments(code, { callee: 'f', keyword: 'of' }).map(({ kind }) => kind);

test('a keyword argument is read in every call of the name, wherever it stands', () => {
	expect(kindsIn('f(1, of=2)\ndef g():\n    return [f(of=["a"], to=3), f(f(of=None), of="x")]')).toEqual([
		'number',
		'list',
		'text',
		'none',
	]);
});

test('what is no literal is unreadable; calls without it, and of others, have none', () => {
	expect(kindsIn('f(of=names)\nf(of=')).toEqual(['unreadable', 'unreadable']);
	expect(kindsIn('f(of)\nf(1)\ng(of=1)\nx.f(of=1)\n"f(of=1)"')).toEqual([]);
});

test('any text can be read', { timeout: 30_000 }, () => {
	fc.assert(fc.property(fc.string({ unit: 'binary' }), (code) => void kindsIn(`f(of=${code}`)));
});
