import fc from 'fast-check';
import { expect, test } from 'vitest';
import { definesFunction } from '$lib/domain/python/definitions';

test.each([
	'def render(dataset, filters, params):\n    return "x"',
	'import math\n\n@cached\ndef render(\n    dataset, *rest):\n    pass',
	'if True:\n    def render(d, f, p): pass',
	'def render(d, f, p):\n    return d[',
])('a function is defined where the top of the code runs its definition: %j', (code) => {
	expect(definesFunction(code, 'render')).toBe(true);
});

test.each([
	'',
	'# def render(dataset, filters, params):',
	'"""def render(dataset, filters, params): pass"""',
	'def rendered(d, f, p): pass',
	'class A:\n    def render(self, d, f, p): pass',
	'def outer():\n    def render(d, f, p): pass',
	'render = 3',
])('none is where it only looks so: %j', (code) => {
	expect(definesFunction(code, 'render')).toBe(false);
});

test('any text can be read', { timeout: 30_000 }, () => {
	fc.assert(fc.property(fc.string({ unit: 'binary' }), (code) => void definesFunction(code, 'render')));
});
