import { expect, test } from 'vitest';
import { backPath, fieldsOf, loginPath, sentenceOf } from '$lib/state/failures';

const origin = 'https://bi.example.com';
const failure = (code: string, details?: object) => Object.assign(new Error('said the server'), { code, details });

test('after logging in one goes to a path of this origin, whatever the address says', () => {
	expect(backPath('/dashboards/dash_1?f.region=APAC', origin)).toBe('/dashboards/dash_1?f.region=APAC');
	for (const odd of [
		null,
		'',
		'https://evil.example',
		'//evil.example/x',
		'/\\evil.example',
		'javascript:alert(1)',
		'/\t/evil.example',
		'/.//evil.example',
	]) {
		expect(backPath(odd, origin)).toBe('/');
	}
});

test('the way to the log-in page remembers the way back', () => {
	expect(loginPath(new URL(`${origin}/cards?q=a b`))).toBe('/login?next=%2Fcards%3Fq%3Da%2520b');
	expect(loginPath(new URL(origin))).toBe('/login');
});

test('a failure is a sentence, and a bad input names its fields', () => {
	expect(sentenceOf(failure('IN_USE'))).toBe('said the server');
	expect(sentenceOf(failure('FORBIDDEN'))).toBe('You may not do that.');
	expect(sentenceOf(new TypeError('fetch failed'))).toMatch(/could not be reached/);
	expect(fieldsOf(failure('VALIDATION_ERROR', { fields: { name: 'must not be empty' } }))).toEqual({
		name: 'must not be empty',
	});
	expect(fieldsOf(failure('BUSY'))).toEqual({});
});
