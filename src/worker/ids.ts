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

const RANDOM_PART = `[0-9a-hjkmnp-tv-z]{${LENGTH}}`;
const patterns = new Map(prefixes.map((prefix) => [prefix, new RegExp(`^${prefix}_${RANDOM_PART}$`)]));

/** True when `value` could be an identifier of this kind, so that asking the store makes sense. */
export function isId(prefix: IdPrefix, value: unknown): value is string {
	return typeof value === 'string' && patterns.get(prefix)!.test(value);
}
