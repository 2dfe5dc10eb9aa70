import { expect, test } from 'vitest';
import { cookieOfSplit, SPLIT, splitOfCookies } from '$lib/domain/editor-split';

test('a share is read back from the cookie that keeps it', () => {
	expect(splitOfCookies(`theme=dark; ${cookieOfSplit(48).split(';')[0]}; sidebar=open`)).toBe(48);
});

test('a cookie that says nothing sensible leaves room for code and result', () => {
	for (const cookies of [null, '', 'split=', 'split=wide', 'banana_split=40']) expect(splitOfCookies(cookies)).toBe(60);
	expect(splitOfCookies('split=0')).toBe(SPLIT.least);
	expect(splitOfCookies('split=100')).toBe(SPLIT.most);
});
