import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { BASE_CSS, FIGURE_CSS, LIGHT_PALETTE } from '$lib/card-frames/base-css';
import { disarmHints, errorShell, figureShell, staticShell } from '$lib/card-frames/shells';

const tokensOf = (css: string) =>
	new Map(
		[...css.matchAll(/(--[\w-]+):\s*(light-dark\([^)]*\)|[^;{}]+);/g)].map(([, name, value]) => [name, value!.trim()]),
	);

test('card documents use the tokens of the app, value by value', () => {
	const app = tokensOf(readFileSync('src/lib/styles/tokens.css', 'utf8'));
	for (const css of [BASE_CSS, FIGURE_CSS]) {
		const own = tokensOf(css);
		expect(own.size).toBeGreaterThan(10);
		for (const [name, value] of own) expect(value, name).toBe(app.get(name!));
	}
});

test('the palette that specifications are drawn with is that of the light theme', () => {
	expect(LIGHT_PALETTE).toHaveLength(8);
	expect(LIGHT_PALETTE[0]).toBe('#1F78C1');
});

test('resource hints lose their meaning, and cutting one out cannot make another', () => {
	expect(disarmHints('<link rel=preconnect href=//x><META http-equiv=refresh><base href=//x></link>')).toBe(
		'<x-link rel=preconnect href=//x><x-META http-equiv=refresh><x-base href=//x></x-link>',
	);
	expect(disarmHints('<li<link>nk>')).not.toMatch(/<link/);
	expect(disarmHints('<linked> <metal>')).toBe('<linked> <metal>');
});

test('a static document forbids everything but its styles and inline images', () => {
	const html = staticShell({ html: '<b>1</b>' });
	expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'; img-src data:;");
	expect(html).not.toContain('script-src');
	expect(html).toContain('<b>1</b>');
});

test('a figure document runs the loader alone, under the nonce of its page', () => {
	const html = figureShell({ nonce: 'bm9uY2U=', origin: 'https://bi.example.com' });
	expect(html).toContain("script-src 'nonce-bm9uY2U='");
	expect(html.match(/<script/g)).toHaveLength(1);
	expect(html).toContain('"https://bi.example.com"');
});

test('the words of a failure are text, not markup', () => {
	expect(errorShell({ message: '<img src=x>&' })).toContain('&lt;img src=x>&amp;');
});
