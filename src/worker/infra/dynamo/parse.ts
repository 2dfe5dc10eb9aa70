// Stored items are checked where they are read, so that bad data fails there with its key named.
import type * as z from 'zod';
import { AppError } from '../../errors';
import type { Item, TableName } from './port';
import { tables, type Table } from './tables';

/**
 * A function that checks an item of `table` against its schema. It throws `INTERNAL` naming key and fields, never values. One
 * item is checked once, however many requests share it: what it returns is theirs to read, not to change.
 */
export function itemParser<T extends z.ZodType>(table: TableName, schema: T): (raw: Item) => z.output<T> {
	const checked = new WeakMap<Item, z.output<T>>();
	return (raw) => {
		const before = checked.get(raw);
		if (before !== undefined) return before;
		const parsed = schema.safeParse(raw);
		if (parsed.success) {
			checked.set(raw, parsed.data);
			return parsed.data;
		}
		const { hash, range }: Table = tables[table];
		const key = [hash, range].flatMap((name) => (name ? [`${name}=${String(raw[name])}`] : []));
		const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.code}`);
		throw new AppError('INTERNAL', {
			message: `stored item ${table} ${key.join(' ')} is not valid: ${problems.join('; ')}`,
		});
	};
}
