// Values of a Parquet file as cells of the contract: exact integers, ISO dates, datetimes to the microsecond. Pure.
import type { Cell, Column } from '$lib/contracts/dataset';

const DAY_MS = 86_400_000;

/** One raw value (see `RAW_PARSERS`) of a column as JSON carries it. */
export function toCell(value: unknown, { type, zoned }: Pick<Column, 'type' | 'zoned'>): Cell {
	if (value === null || value === undefined) return null;
	if (type === 'date') return new Date(Number(value) * DAY_MS).toISOString().slice(0, 10);
	if (type === 'datetime') return isoMicroseconds(BigInt(value as bigint), zoned);
	if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
	if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
	return value as string | boolean;
}

/** Microseconds since 1970 as ISO 8601, with as many digits of a second as it takes; `Z` only for an instant. */
function isoMicroseconds(micros: bigint, zoned: boolean): string {
	const remainder = micros % 1_000_000n;
	const fraction = remainder < 0n ? remainder + 1_000_000n : remainder;
	const seconds = Number((micros - fraction) / 1_000_000n);
	const text = new Date(seconds * 1000).toISOString().slice(0, 19);
	const digits = fraction === 0n ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`;
	return `${text}${digits}${zoned ? 'Z' : ''}`;
}
