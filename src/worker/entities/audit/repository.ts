// The audit log as it is stored, for reading only. Newest first, in portions, since a log may be larger than memory.
import * as z from 'zod';
import { auditAction, type AuditEntry, type AuditResource } from '$lib/contracts/audit';
import { json } from '$lib/contracts/common';
import { DAYS } from '../../infra/audit/port';
import { at, when } from '../../infra/dynamo/expression';
import { itemParser } from '../../infra/dynamo/parse';
import type { Dynamo } from '../../infra/dynamo/port';
import { justBefore, matches, partitionsOf, type Partition, type Range, type Wanted } from './rules';

const auditItem = z.object({
	day: z.string(),
	/** ISO time and identifier: the order of events. */
	'at#id': z.string(),
	action: auditAction,
	actorId: z.string().optional(),
	/** `dashboard#dash_…`. */
	resource: z.string().optional(),
	address: z.string().optional(),
	userAgent: z.string().optional(),
	requestId: z.string(),
	details: z.record(z.string(), json),
	ttl: z.int(),
});
export type AuditItem = z.infer<typeof auditItem>;
const parse = itemParser('audit_log', auditItem);

/** Events of one portion. */
const PORTION = 500;

/** @param userName of who did it, as they are called now */
export function toContract(item: AuditItem, userName: string | null): AuditEntry {
	const [time, id] = item['at#id'].split('#') as [string, string];
	const [type, resourceId] = item.resource?.split('#') ?? [];
	return {
		id,
		userId: item.actorId ?? null,
		userName,
		action: item.action,
		resourceType: (type as AuditResource | undefined) ?? null,
		resourceId: resourceId ?? null,
		ipAddress: item.address ?? null,
		userAgent: item.userAgent ?? null,
		requestId: item.requestId,
		details: item.details,
		createdAt: time,
	};
}

/** Events that match, newest first, in portions of some hundred. */
export async function* read(dynamo: Dynamo, wanted: Wanted): AsyncGenerator<AuditItem[]> {
	const isIndexed = wanted.resource !== undefined || wanted.actorId !== undefined;
	const days = isIndexed ? [] : await listDays(dynamo, wanted.range);
	for (const partition of partitionsOf(wanted, days)) {
		for await (const items of readPartition(dynamo, partition)) {
			const found = items.filter((item) => matches(wanted, item));
			if (found.length > 0) yield found;
		}
	}
}

async function* readPartition(dynamo: Dynamo, { index, name, value, range }: Partition): AsyncGenerator<AuditItem[]> {
	for (let { to } = range; ;) {
		const where = when`${at(name)} = ${value} AND ${at('at#id')} BETWEEN ${range.from} AND ${to}`;
		const page = { table: 'audit_log', where, newestFirst: true, limit: PORTION } as const;
		const items = await dynamo.query({ ...page, ...(index && { index }) });
		yield items.map(parse);
		if (items.length < PORTION) return;
		to = justBefore(String(items.at(-1)!['at#id']));
	}
}

/** Days there are events of, newest first. */
async function listDays(dynamo: Dynamo, { from, to }: Range): Promise<string[]> {
	if (from > to) return [];
	const where = when`${at('day')} = ${DAYS} AND ${at('at#id')} BETWEEN ${from.slice(0, 10)} AND ${to}`;
	const items = await dynamo.query({ table: 'audit_log', where, newestFirst: true });
	return items.map((item) => String(item['at#id']));
}
