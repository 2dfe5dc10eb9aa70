// Events as CSV (RFC 4180). What a spreadsheet would take for a formula is led by a quote, so that it stays text.
import papaparse from 'papaparse';
import type { AuditEntry } from '$lib/contracts/audit';

const COLUMNS: [name: string, of: (entry: AuditEntry) => string | null][] = [
	['id', ({ id }) => id],
	['created_at', ({ createdAt }) => createdAt],
	['action', ({ action }) => action],
	['user_id', ({ userId }) => userId],
	['user_name', ({ userName }) => userName],
	['resource_type', ({ resourceType }) => resourceType],
	['resource_id', ({ resourceId }) => resourceId],
	['ip_address', ({ ipAddress }) => ipAddress],
	['user_agent', ({ userAgent }) => userAgent],
	['request_id', ({ requestId }) => requestId],
	['details', ({ details }) => JSON.stringify(details)],
];

/** By its first character alone, whatever lines follow. */
const FORMULA = /^[=+\-@\t\r]/;

/** The line of names. */
export const HEAD = csv([COLUMNS.map(([name]) => name)]);

/** A line for each event. */
export function csvLines(entries: readonly AuditEntry[]): string {
	return csv(entries.map((entry) => COLUMNS.map(([, of]) => of(entry))));
}

function csv(rows: (string | null)[][]): string {
	return `${papaparse.unparse(rows, { escapeFormulae: FORMULA, newline: '\r\n' })}\r\n`;
}
