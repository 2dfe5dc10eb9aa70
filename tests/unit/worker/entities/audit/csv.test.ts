import Papa from 'papaparse';
import { expect, test } from 'vitest';
import type { AuditEntry } from '../../../../../src/lib/contracts/audit';
import { csvLines, HEAD } from '../../../../../src/worker/entities/audit/csv';

const entry: AuditEntry = {
	id: '1',
	userId: 'user_1',
	userName: 'Ada',
	action: 'USER_LOGIN',
	resourceType: 'user',
	resourceId: 'user_1',
	ipAddress: '192.0.2.1',
	userAgent: 'Firefox, "the" browser\nof today',
	requestId: 'r',
	details: { a: 'x,y' },
	createdAt: '2026-11-21T10:00:00.000Z',
};

test('an event is a line under the names of its fields, whatever it says', () => {
	const { data } = Papa.parse<Record<string, string>>(HEAD + csvLines([entry]), { header: true, skipEmptyLines: true });
	expect(data).toEqual([
		expect.objectContaining({ id: '1', user_agent: entry.userAgent, details: '{"a":"x,y"}', user_name: 'Ada' }),
	]);
});

test.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=1\nof two lines'])(
	'a spreadsheet takes %j for text',
	(text) => {
		const [, line] = Papa.parse<string[]>(HEAD + csvLines([{ ...entry, userName: text }])).data;
		expect(line?.[4]).toBe(`'${text}`);
	},
);
