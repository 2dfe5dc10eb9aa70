// Writes events into the audit log's table, a partition for each day. Which days there are is written beside them, so that
// whoever reads the log need not ask for every day of the retention.
import type { Log } from '../../log';
import { toIso } from '../../time';
import type { AuditItem } from '../../entities/audit/repository';
import type { Dynamo } from '../dynamo/port';
import { DAYS, type Audit, type AuditEvent } from './port';

export interface Client {
	/** Of the network, as Cloudflare saw it; null for work that nobody asked for. */
	address: string | null;
	userAgent: string | null;
}

export interface AuditParts {
	dynamo: Dynamo;
	log: Log;
	requestId: string;
	client: Client;
	/** Days that this isolate knows to be listed. */
	listed: Set<string>;
	retentionDays: number;
	/** UNIX seconds. */
	now: () => number;
}

const DAY_SECONDS = 24 * 60 * 60;
/** Characters of a user agent, which is whatever a client says. */
const MAX_AGENT = 500;

/** One for each request. */
export function createAudit(parts: AuditParts): Audit {
	return {
		async record(event) {
			const item = itemOf(event, parts);
			try {
				await Promise.all([listDay(parts, item), parts.dynamo.put({ table: 'audit_log', item })]);
			} catch (error) {
				parts.log.error({ event: 'audit', unstored: item, error });
			}
		},
	};
}

async function listDay({ dynamo, listed }: AuditParts, { day, ttl }: AuditItem): Promise<void> {
	if (listed.has(day)) return;
	await dynamo.put({ table: 'audit_log', item: { day: DAYS, 'at#id': day, ttl } });
	listed.add(day);
}

function itemOf({ action, by, on, details = {} }: AuditEvent, parts: AuditParts): AuditItem {
	const seconds = parts.now();
	const at = toIso(seconds);
	const id = crypto.randomUUID();
	const { address, userAgent } = parts.client;
	return {
		day: at.slice(0, 10),
		'at#id': `${at}#${id}`,
		action,
		requestId: parts.requestId,
		// Attributes that index it are left out where there is nothing, which keeps it out of that index.
		...(by && { actorId: by.user.userId }),
		...(on && { resource: `${on.type}#${on.id}` }),
		...(address !== null && { address }),
		...(userAgent !== null && { userAgent: userAgent.slice(0, MAX_AGENT) }),
		details: { ...details, ...(by?.key && { keyId: by.key.keyId }) },
		// A day longer than its last event may be kept, so that a day does not vanish before its events.
		ttl: Math.ceil(seconds) + (parts.retentionDays + 1) * DAY_SECONDS,
	};
}
