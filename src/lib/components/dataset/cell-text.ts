// A cell as text: exactly what is stored, only its times made readable.
import type { Cell, ColumnType } from '$lib/contracts/dataset';

/** `2026-10-01T05:00:00Z` → `2026-10-01 05:00:00Z`; everything else as it is. Null is for the caller to show. */
export function cellText(cell: Cell, type: ColumnType): string {
	if (cell === null) return 'null';
	return type === 'datetime'
		? String(cell)
				.replace('T', ' ')
				.replace(/\.0+(?=Z|$)/, '')
		: String(cell);
}
