// Reading the audit log, which administrators may. Nothing here or elsewhere changes what is in it.
import type { z } from 'zod';
import type { AuditEntry, AuditFilter, auditListInput } from '$lib/contracts/audit';
import type { Actor } from '../../access/access';
import type { Deps } from '../../deps';
import * as users from '../user/repository';
import { csvLines, HEAD } from './csv';
import * as repository from './repository';
import { wantedOf } from './rules';

type AuditDeps = Pick<Deps, 'audit' | 'dynamo'>;

/** How many events beyond the page are counted: a log may hold millions. */
const COUNTED = 2_000;

/** Events that match, newest first. `total` counts at most some thousand beyond the page. That only admins may is in the procedure's declaration. */
export async function list(deps: AuditDeps, _actor: Actor, input: z.infer<typeof auditListInput>) {
	const { limit, offset, ...filter } = input;
	const most = offset + limit + COUNTED;
	const shown: repository.AuditItem[] = [];
	let total = 0;
	for await (const items of repository.read(deps.dynamo, wantedOf(filter))) {
		shown.push(...items.slice(Math.max(0, offset - total), Math.max(0, offset + limit - total)));
		total += items.length;
		if (total >= most) break;
	}
	total = Math.min(total, most);
	const items = await named(deps, shown, new Map());
	return { items, pagination: { total, limit, offset, hasNext: offset + limit < total } };
}

/** All that match as CSV, a text for each portion of the log; the first is the head. That it was taken is an event too. */
export async function* exportCsv(deps: AuditDeps, actor: Actor, filter: AuditFilter): AsyncGenerator<string> {
	await deps.audit.record({
		action: 'AUDIT_EXPORTED',
		by: actor,
		on: { type: 'audit_log', id: 'all' },
		details: filter,
	});
	yield HEAD;
	const names = new Map<string, string>();
	for await (const items of repository.read(deps.dynamo, wantedOf(filter)))
		yield csvLines(await named(deps, items, names));
}

/** Events with the present names of who did them. @param names known already; found ones are added */
async function named(
	{ dynamo }: AuditDeps,
	items: readonly repository.AuditItem[],
	names: Map<string, string>,
): Promise<AuditEntry[]> {
	const unknown = items.flatMap(({ actorId }) => (actorId && !names.has(actorId) ? [actorId] : []));
	for (const [userId, { name }] of await users.findMany(dynamo, unknown)) names.set(userId, name);
	return items.map((item) => repository.toContract(item, (item.actorId && names.get(item.actorId)) ?? null));
}
