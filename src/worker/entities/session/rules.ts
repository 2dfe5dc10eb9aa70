// When a session is open, and what opened it. Pure.

interface Lifetime {
	createdAt: number;
	confirmedAt?: number | undefined;
	expiresAt: number;
}

/**
 * True while a session stands for its user.
 * @param from sessions whose password was given before are over @param now UNIX seconds
 */
export function isSessionOpen(
	session: Lifetime,
	{ sessionsFrom = 0 }: { sessionsFrom?: number | undefined },
	now: number,
) {
	// TTL deletion is lazy, so an item may outlive its session.
	return session.expiresAt > now && (session.confirmedAt ?? session.createdAt) >= sessionsFrom;
}
