// Times: UNIX seconds (with a fraction) in items, ISO 8601 on the wire.

/** The present in UNIX seconds. The fraction keeps things made within one second in order. */
export function nowSeconds(): number {
	return Date.now() / 1000;
}

/** UNIX seconds as ISO 8601 in UTC. */
export function toIso(seconds: number): string {
	return new Date(Math.round(seconds * 1000)).toISOString();
}
