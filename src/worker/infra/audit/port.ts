// The audit log, for those who write it. Reading it is an entity of its own; nothing changes it.
import type { AuditAction, AuditResource } from '$lib/contracts/audit';
import type { Json } from '$lib/contracts/common';

/** The partition of the table that lists the days there are events of. */
export const DAYS = 'days';

export interface AuditEvent {
	action: AuditAction;
	/** Who did it, an actor for one; null when nobody was logged in. */
	by: { user: { userId: string }; key?: { keyId: string } } | null;
	on?: { type: AuditResource; id: string };
	/** What else matters, such as before and after. Never a secret, code or rows. */
	details?: { [name: string]: Json };
}

export interface Audit {
	/** Writes an event. Never throws: the deed is done, and an event that cannot be stored stands in the log instead. */
	record(event: AuditEvent): Promise<void>;
}
