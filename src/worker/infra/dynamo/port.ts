// What the repositories know of DynamoDB: items by key, conditions, transactions. Knows no entity.
import type { Expression } from './expression';
import type { TableName, tables } from './tables';

export type Item = Record<string, unknown>;
export type ItemKey = Record<string, string | number>;
export type { TableName };
export type IndexName = { [T in TableName]: keyof (typeof tables)[T]['indexes'] }[TableName] & string;

export interface KeyOf {
	table: TableName;
	key: ItemKey;
}

export interface Put {
	table: TableName;
	item: Item;
	condition?: Expression;
}
export interface Update extends KeyOf {
	/** `SET …`, `REMOVE …`, `ADD …`; see `change` in expression.ts. */
	update: Expression;
	condition?: Expression;
	/** True: the condition holds after the update as before it, so that a try whose answer was lost may be repeated. */
	repeatable?: boolean;
}
export interface Remove extends KeyOf {
	condition?: Expression;
}
export interface Check extends KeyOf {
	condition: Expression;
}
/** One step of a transaction. */
export type Write = { put: Put } | { update: Update } | { remove: Remove } | { check: Check };

export interface Query {
	table: TableName;
	index?: IndexName;
	/** The key condition, such as `ownerId = …`. */
	where: Expression;
	filter?: Expression;
	/** Attributes to return; all when left out. */
	project?: readonly string[];
	newestFirst?: boolean;
	/** Tables only: an index cannot be read consistently. */
	consistent?: boolean;
	/** At most this many items. */
	limit?: number;
}

export interface Dynamo {
	/** The item, or null. Strongly consistent. */
	get(of: KeyOf): Promise<Item | null>;
	/**
	 * Items in the order of their keys, null where there is none, in one round trip for up to 100 keys. Strongly consistent.
	 * `project` names attributes to return, by table. Unprocessed keys are asked again; never a silent part.
	 */
	batchGet(keys: readonly KeyOf[], project?: Partial<Record<TableName, readonly string[]>>): Promise<(Item | null)[]>;
	/** Every item that matches, over as many pages as it takes. */
	query(query: Query): Promise<Item[]>;
	/** @throws ConditionFailed */
	put(write: Put): Promise<void>;
	/** The whole item after the update. @throws ConditionFailed */
	update(write: Update): Promise<Item>;
	/** The item that was there, or null. @throws ConditionFailed */
	remove(write: Remove): Promise<Item | null>;
	/** All of up to 100 writes or none. @throws ConditionFailed naming which writes */
	transact(writes: readonly Write[]): Promise<void>;
}

/** A condition did not hold: a signal for the repository, which knows what it means to a caller. */
export class ConditionFailed extends Error {
	override readonly name = 'ConditionFailed';

	constructor(
		/** Positions, within the transaction, of the writes whose condition did not hold; `[0]` for a single write. */
		readonly failed: readonly number[],
		/** What was there instead, for a single write; null when there was nothing. */
		readonly current: Item | null = null,
	) {
		super(`condition failed for write ${failed.join(', ')}`);
	}
}
