// Identifiers: a prefix that says of what kind, and 80 random bits in Crockford's base 32.
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 16;

const prefixes = [
	'user',
	'sess',
	'group',
	'ds',
	'ver',
	'card',
	'dash',
	'share',
	'fv',
	'tf',
	'up',
	'job',
	'exec',
	'key',
] as const;
export type IdPrefix = (typeof prefixes)[number];

/** Sixteen characters made of the low five bits of each of sixteen bytes. */
export function base32(bytes: Uint8Array): string {
	let text = '';
	for (const byte of bytes.subarray(0, LENGTH)) text += ALPHABET[byte & 31];
	return text;
}

/** A new random identifier. */
export function newId(prefix: IdPrefix): string {
	return `${prefix}_${base32(crypto.getRandomValues(new Uint8Array(LENGTH)))}`;
}

/** Characters that hold a time in milliseconds, until the year 37,000. */
const TIME_LENGTH = 10;

/** A new identifier that begins with its time, in UNIX milliseconds: whoever knows it knows when. */
export function newTimedId(prefix: IdPrefix, milliseconds: number): string {
	let time = '';
	for (let rest = milliseconds; time.length < TIME_LENGTH; rest = Math.floor(rest / 32))
		time = ALPHABET[rest % 32] + time;
	return `${prefix}_${time}${newId(prefix).slice(-(LENGTH - TIME_LENGTH))}`;
}

/** The time that an identifier of `newTimedId` begins with. */
export function timeOfId(id: string): number {
	const time = id.slice(id.indexOf('_') + 1).slice(0, TIME_LENGTH);
	return [...time].reduce((sum, character) => sum * 32 + ALPHABET.indexOf(character), 0);
}

const RANDOM_PART = `[0-9a-hjkmnp-tv-z]{${LENGTH}}`;
const patterns = new Map(prefixes.map((prefix) => [prefix, new RegExp(`^${prefix}_${RANDOM_PART}$`)]));

/** True when `value` could be an identifier of this kind, so that asking the store makes sense. */
export function isId(prefix: IdPrefix, value: unknown): value is string {
	return typeof value === 'string' && patterns.get(prefix)!.test(value);
}
