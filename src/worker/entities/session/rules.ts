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

/** By what their user agents hold; the first that fits, because most of them name others too. */
const BROWSERS: [RegExp, string][] = [
	[/Edg(e|A|iOS)?\//, 'Edge'],
	[/OPR\//, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari'],
];
const SYSTEMS: [RegExp, string][] = [
	[/iPhone/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Android/, 'Android'],
	[/Windows/, 'Windows'],
	[/Macintosh|Mac OS X/, 'macOS'],
	[/CrOS/, 'ChromeOS'],
	[/Linux/, 'Linux'],
];

/** What sent this user agent, in words, as far as it says: `Firefox` on `Windows`, `curl` on nothing known. */
export function deviceOf(userAgent: string): { browser: string | null; system: string | null } {
	const named = (list: [RegExp, string][]) => list.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;
	// A program begins with its own name; `Mozilla` says nothing.
	const program = /^(?!Mozilla\b)[\w.-]{1,40}(?=\/|$)/.exec(userAgent)?.[0] ?? null;
	return { browser: named(BROWSERS) ?? program, system: named(SYSTEMS) };
}
