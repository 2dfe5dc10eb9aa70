// Which columns of a dataset a first card should show: by type, by name, and by how many values a few rows have. Pure.
import type { Cell, Column } from '../../contracts/dataset';

type Known = Pick<Column, 'name' | 'type'>;

/** Columns by the part they play; null where the data has none. */
export interface Roles {
	/** Few repeating values: what to group by. */
	category: string | null;
	/** Another such column. */
	second: string | null;
	/** A quantity. */
	value: string | null;
	date: string | null;
	/** What a table shows. */
	columns: string[];
}

/** Columns of a table that still fit a card. */
const TABLE_COLUMNS = 8;
/** Groups that still make a readable chart. */
const GROUPS = { least: 2, most: 40 };
/** Numbers that name or place things: a mean of them says nothing. */
const NOT_A_QUANTITY =
	/(^|[^a-z])(id|ids|key|code|zip|postcode|year|month|day|hour|lat|lon|lng|latitude|longitude|no|number|index|rank)([^a-z]|$)/i;

/** Chooses columns for the templates; `rows` are a sample in the order of `columns`, and may be empty. */
export function rolesOf(columns: Known[], rows: Cell[][]): Roles {
	const distinct = (column: Known) => new Set(rows.map((row) => row[columns.indexOf(column)] ?? null)).size;
	const groups = columns
		.filter(({ type }) => type === 'string' || type === 'bool')
		.map((column) => ({ column, count: distinct(column) }))
		.toSorted((a, b) => penalty(a.count, rows.length) - penalty(b.count, rows.length));
	const numbers = columns.filter(({ type }) => type === 'int64' || type === 'float64');
	const quantities = numbers.filter(({ name }) => !NOT_A_QUANTITY.test(name));
	const [category, second] = groups.map(({ column }) => column.name);
	const value = quantities.find(({ type }) => type === 'float64') ?? quantities[0];
	return {
		category: category ?? null,
		second: second ?? null,
		value: value?.name ?? null,
		date: columns.find(({ type }) => type === 'date' || type === 'datetime')?.name ?? null,
		columns: columns.slice(0, TABLE_COLUMNS).map(({ name }) => name),
	};
}

/** Lower is better: a handful of groups first, then many, then one alone, then a different value in every row. */
function penalty(distinct: number, rows: number): number {
	if (rows === 0) return 0;
	if (distinct < GROUPS.least) return 2;
	if (distinct === rows && rows > GROUPS.least) return 3;
	return distinct <= GROUPS.most ? 0 : 1;
}
