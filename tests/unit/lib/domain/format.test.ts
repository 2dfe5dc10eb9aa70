import { expect, test } from 'vitest';
import { formatter } from '$lib/domain/format';

const english = formatter('en-GB');
const japanese = formatter('ja-JP');
/** Intl puts thin spaces where it likes. */
const plain = (text: string | null | undefined) => text?.replace(/\s/g, ' ');
const now = Date.parse('2026-11-21T12:00:00Z');

test('times are relative for a day, then yesterday, then a date, with its year once that is another', () => {
	expect(english.time('2026-11-21T11:57:00Z', now)).toBe('3 min ago');
	expect(english.time('2026-11-21T10:00:00Z', now)).toMatch(/^2\s?h.* ago$/);
	expect(english.time('2026-11-20T10:00:00Z', now)).toBe('yesterday');
	expect(english.time('2026-11-11T12:00:00Z', now)).toBe('11 Nov');
	expect(english.time('2025-11-11T12:00:00Z', now)).toBe('11 Nov 2025');
});

test('a range of days says its years only where they are not this year', () => {
	expect(plain(english.days('2026-10-23', '2026-11-21', '2026-11-21'))).toBe('23 Oct – 21 Nov');
	expect(plain(english.days('2025-01-01', '2025-12-31', '2026-11-21'))).toBe('1 Jan – 31 Dec 2025');
	expect(japanese.days('2026-10-23', '2026-11-21', '2026-11-21')).toBe('10/23～11/21');
});

test('names of a list are told apart as the language does', () => {
	expect(english.list(['a', 'b', 'c'])).toBe('a, b and c');
	expect(japanese.list(['a', 'b'])).toMatch(/^a、\s?b$/);
});

test('sizes and lengths are in the unit that keeps them short', () => {
	expect(english.bytes(0)).toBe('0 bytes');
	expect(english.bytes(211)).toBe('211 bytes');
	expect(english.bytes(4_800_000)).toBe('4.8 MB');
	expect(english.duration(320)).toBe('320ms');
	expect(english.duration(1400)).toBe('1.4s');
	expect(english.number(346_770)).toBe('346,770');
});

test('numbers of data are spared the digits that nobody reads', () => {
	expect(english.value(0.1 + 0.2)).toBe('0.3');
	expect(english.value(100 / 3)).toBe('33.333333');
	expect(english.value(0.001_234_567)).toBe('0.00123457');
	expect(english.value(1_234_567.891)).toBe('1,234,567.891');
	expect(english.value(-0)).toBe('0');
	expect(english.value(9_007_199_254_740_993n)).toBe('9,007,199,254,740,993');
	expect(japanese.value(12_345.5)).toBe('12,345.5');
});

test('numbers of data keep four digits together, and get an exponent where zeros would fill the line', () => {
	expect(english.value(2024)).toBe('2024');
	expect(english.value(1.5e21)).toBe('1.5E21');
	expect(english.value(1.234_567_8e-9)).toBe('1.23457E-9');
});
