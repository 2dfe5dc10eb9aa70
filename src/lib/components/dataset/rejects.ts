// Rows that an import could not read: their reasons in words, and the list as a file.
import type { DatasetDetail } from '$lib/contracts/dataset';
import { m } from '$lib/paraglide/messages';

export type Reject = NonNullable<DatasetDetail['importSummary']>['rejects'][number] & { detail?: string };

const reasons: Record<string, () => string> = {
	too_few_fields: m.dataset_reject_too_few_fields,
	too_many_fields: m.dataset_reject_too_many_fields,
	broken_quote: m.dataset_reject_broken_quote,
	unclosed_quote: m.dataset_reject_unclosed_quote,
	record_too_long: m.dataset_reject_record_too_long,
	bad_encoding: m.dataset_reject_bad_encoding,
	nul_byte: m.dataset_reject_nul_byte,
};

/** A reason in words; one that is not known as it is. */
export function reasonText(reason: string): string {
	return reasons[reason]?.() ?? reason;
}

/** The rejects in the details of a failed import, if it brought any. */
export function rejectsOf(details: Record<string, unknown> | undefined): Reject[] {
	const list = details?.['rejects'];
	return Array.isArray(list) ? list.filter(isReject) : [];
}

function isReject(value: unknown): value is Reject {
	return typeof value === 'object' && value !== null && 'line' in value && 'reason' in value;
}

/** The list as CSV with a byte order mark, as spreadsheets want it. Cells that a spreadsheet would run are quoted with `'`. */
export function rejectsCsv(rejects: Reject[]): Blob {
	const cell = (value: unknown) => {
		const text = String(value ?? '');
		const safe = /^[=+\-@\t]/.test(text) ? `'${text}` : text;
		return `"${safe.replaceAll('"', '""')}"`;
	};
	const lines = rejects.map((reject) => [reject.line, reject.reason, reject.detail].map(cell).join(','));
	return new Blob(['\uFEFF', ['line,reason,detail', ...lines].join('\r\n'), '\r\n'], {
		type: 'text/csv;charset=utf-8',
	});
}
