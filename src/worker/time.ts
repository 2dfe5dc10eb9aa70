// Times: UNIX seconds (with a fraction) in items, ISO 8601 on the wire.

/** The present in UNIX seconds. The fraction keeps things made within one second in order. */
export function nowSeconds(): number {
	return Date.now() / 1000;
}

/** UNIX seconds as ISO 8601 in UTC. */
export function toIso(seconds: number): string {
	return new Date(Math.round(seconds * 1000)).toISOString();
}

/** Waits a little, longer and less predictably with each try, so that writers of one thing get out of each other's way. */
export function backOff(tries: number): Promise<void> {
	const most = Math.min(25 * 2 ** tries, 400);
	return new Promise((done) => setTimeout(done, Math.random() * most));
}
