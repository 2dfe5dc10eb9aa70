import { expect, test } from 'vitest';
import { cellText, readableCell } from '$lib/components/dataset/cell-text';

test('a number is shown as one reads it, and held whole', () => {
	expect(readableCell(0.1 + 0.2, 'float64')).toBe('0.3');
	expect(cellText(0.1 + 0.2, 'float64')).toBe('0.30000000000000004');
	expect(readableCell(1_234_567, 'int64')).toBe('1,234,567');
	expect(readableCell('19.900', 'float64')).toBe('19.9');
});

test('whole numbers that come as text, being too large for JSON, lose no digit', () => {
	expect(readableCell('9007199254740993', 'int64')).toBe('9,007,199,254,740,993');
});

test('what is no plain number stays as it is, also in a column of numbers', () => {
	for (const text of ['007', '1,234', 'NaN', 'n/a', '']) expect(readableCell(text, 'float64')).toBe(text);
	expect(readableCell('12345', 'string')).toBe('12345');
	expect(readableCell(true, 'bool')).toBe('true');
	expect(readableCell(null, 'int64')).toBe('null');
});

test('a time has a blank before its clock and no empty fraction', () => {
	expect(readableCell('2026-10-01T05:00:00.000Z', 'datetime')).toBe('2026-10-01 05:00:00Z');
	expect(readableCell('2026-10-01T05:00:00.120', 'datetime')).toBe('2026-10-01 05:00:00.120');
});

test('what is no time stays as it is in a column of times, so that whoever chose that type sees why it misfits', () => {
	for (const text of ['Tuesday', '10.00', 'n/a']) {
		expect([cellText(text, 'datetime'), readableCell(text, 'datetime')]).toEqual([text, text]);
	}
});
