// Who uses what: a row for each pair and a count on the thing used, both written in the transaction that changes the user.
// Rows answer "used by"; counts let a delete be refused without asking an index. Knows no card and no dashboard.
import { at, change, present, absent, when, type Expression } from '../../infra/dynamo/expression';
import type { Dynamo, KeyOf, Write } from '../../infra/dynamo/port';

/** A thing that others use. */
export type Used = { kind: 'card' | 'dataset'; id: string };

/** DynamoDB takes this many writes in one transaction. */
export const MAX_WRITES = 100;
/** Writes of one claim or release. */
export const WRITES_EACH = 2;

/** `byId` uses a thing from now on. Fails when the thing is gone, or when it was claimed before. */
export function claim(used: Used, byId: string, now: number): Write[] {
	return [
		claimNew(used, byId, now),
		{ update: { ...keyOf(used), update: change({}, { useCount: 1 }), condition: exists(used) } },
	];
}

/** `byId` uses a thing that the same transaction makes, with a count of 1. */
export function claimNew(used: Used, byId: string, now: number): Write {
	return { put: { table: 'usages', item: { usedId: used.id, byId, createdAt: now }, condition: absent('usedId') } };
}

/** `byId` uses a thing no longer. Fails when it did not. */
export function release(used: Used, byId: string): Write[] {
	return [
		{ remove: { table: 'usages', key: { usedId: used.id, byId }, condition: present('usedId') } },
		{ update: { ...keyOf(used), update: change({}, { useCount: -1 }), condition: exists(used) } },
	];
}

/** The condition of a delete. */
export function unused(used: Used): Expression {
	return when`attribute_exists(${at(idName(used))}) AND (attribute_not_exists(${at('useCount')}) OR ${at('useCount')} = ${0})`;
}

/** Who uses a thing, by id. Strongly consistent. */
export async function usersOf(dynamo: Dynamo, usedId: string): Promise<string[]> {
	const rows = await dynamo.query({
		table: 'usages',
		where: when`${at('usedId')} = ${usedId}`,
		project: ['byId'],
		consistent: true,
	});
	return rows.map((row) => String(row['byId']));
}

function keyOf(used: Used): KeyOf {
	return used.kind === 'card'
		? { table: 'cards', key: { cardId: used.id } }
		: { table: 'datasets', key: { datasetId: used.id } };
}

function idName({ kind }: Used): string {
	return kind === 'card' ? 'cardId' : 'datasetId';
}

function exists(used: Used): Expression {
	return present(idName(used));
}
