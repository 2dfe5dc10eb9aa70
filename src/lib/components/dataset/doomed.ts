// Whether an import would fail for what the first look has seen already, so that nobody waits for it. The importer judges the
// whole file: what looks well here may still fail there. Knows no page.
import type { ColumnType, ImportOptions } from '$lib/contracts/dataset';
import type { Inspection } from '$lib/contracts/upload';
import { misfits } from './cell-class';

/** The share of rows that may be unreadable where no other is chosen. */
const REJECT_LIMIT = 0.01;

export type Doom =
	| { reason: 'misfit'; column: string; type: ColumnType }
	| { reason: 'rejects'; rejected: number; rows: number; limit: number };

type Seen = Pick<Inspection, 'columns' | 'rows' | 'complete' | 'rowsSeen' | 'rejected'>;

/** Why an import with these options cannot succeed, or null. */
export function doomOf({ columns, rows, complete, rowsSeen, rejected }: Seen, options: ImportOptions): Doom | null {
	const limit = options.rejectLimit ?? REJECT_LIMIT;
	const total = rowsSeen + rejected;
	// Of a longer file the rest may be well.
	if (complete && rejected > limit * total) return { reason: 'rejects', rejected, rows: total, limit };
	if (options.onMisfit === 'null') return null;
	for (const [at, { name }] of columns.entries()) {
		const type = options.types?.[name];
		const cells = rows.map((row) => row[at] ?? null);
		if (type && misfits(cells, type) > 0) return { reason: 'misfit', column: name, type };
	}
	return null;
}
