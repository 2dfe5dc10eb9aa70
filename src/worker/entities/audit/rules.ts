// How the audit log is searched: which partition or index holds what is asked for, and how far. Pure.
import type { AuditFilter } from '$lib/contracts/audit';

/** Bounds of the log's order, both inclusive; `from` may come after `to`, when nothing can match. */
export interface Range {
	from: string;
	to: string;
}

export interface Wanted {
	action?: string;
	actorId?: string;
	resource?: string;
	resourceType?: string;
	resourceId?: string;
	range: Range;
}

/** One query: the events whose attribute `name` is `value`. */
export interface Partition {
	/** Undefined: the table itself. */
	index: 'AuditByResource' | 'AuditByActor' | undefined;
	name: string;
	value: string;
	range: Range;
}

/** After everything that begins with the same text: `~` follows all that identifiers are made of. */
const LAST = '~';
const BEGINNING = '0';

/** What a filter asks for, in the terms of the log. */
export function wantedOf({ action, userId, resourceType, resourceId, from, to }: AuditFilter): Wanted {
	const type = resourceType ?? (resourceId && typeOf(resourceId));
	return {
		...(action && { action }),
		...(userId && { actorId: userId }),
		...(type && resourceId && { resource: `${type}#${resourceId}` }),
		...(resourceType && { resourceType }),
		...(resourceId && { resourceId }),
		range: {
			from: from === undefined ? BEGINNING : instantOf(from, 'T00:00:00.000Z'),
			to: (to === undefined ? '' : instantOf(to, 'T23:59:59.999Z')) + LAST,
		},
	};
}

/** A day stands for its first or last instant. */
function instantOf(moment: string, ofDay: string): string {
	return /^\d{4}-\d\d-\d\d$/.test(moment) ? moment + ofDay : `${new Date(moment).toISOString()}#`;
}

const TYPES: Record<string, string> = {
	user: 'user',
	sess: 'session',
	group: 'group',
	key: 'api_key',
	ds: 'dataset',
	card: 'card',
	dash: 'dashboard',
	tf: 'transform',
};

/** The kind of thing that an identifier names, as its prefix tells. */
function typeOf(resourceId: string): string | undefined {
	return TYPES[resourceId.split('_', 1)[0]!];
}

/** The queries that find it, newest events first; none when nothing can match. @param days newest first */
export function partitionsOf({ resource, actorId, range }: Wanted, days: readonly string[]): Partition[] {
	if (range.from > range.to) return [];
	if (resource) return [{ index: 'AuditByResource', name: 'resource', value: resource, range }];
	if (actorId) return [{ index: 'AuditByActor', name: 'actorId', value: actorId, range }];
	return days.map((day) => ({ index: undefined, name: 'day', value: day, range }));
}

/** Whether an event is among those asked for. */
export function matches(wanted: Wanted, event: { action: string; actorId?: string; resource?: string }): boolean {
	const [type, id] = event.resource?.split('#') ?? [];
	return (
		(!wanted.action || event.action === wanted.action) &&
		(!wanted.actorId || event.actorId === wanted.actorId) &&
		(!wanted.resourceType || type === wanted.resourceType) &&
		(!wanted.resourceId || id === wanted.resourceId)
	);
}

/** The last place in the log's order before `place`. */
export function justBefore(place: string): string {
	return place.slice(0, -1) + String.fromCharCode(place.charCodeAt(place.length - 1) - 1) + LAST;
}
