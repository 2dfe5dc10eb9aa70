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

test('sizes and lengths are in the unit that keeps them short', () => {
	expect(english.bytes(0)).toBe('0 bytes');
	expect(english.bytes(211)).toBe('211 bytes');
	expect(english.bytes(4_800_000)).toBe('4.8 MB');
	expect(english.duration(320)).toBe('320ms');
	expect(english.duration(1400)).toBe('1.4s');
	expect(english.number(346_770)).toBe('346,770');
});
