// One text for equal values, and its hash: what content keys are made of. Knows nothing of what it hashes.

type Canonical =
	| string
	| number
	| boolean
	| null
	| undefined
	| readonly Canonical[]
	| { readonly [key: string]: Canonical };

/** JSON whose object keys are sorted, so that equal values give equal texts. Members that are undefined are left out. */
export function canonicalJson(value: Canonical): string {
	return JSON.stringify(value, (_key, part: unknown) =>
		part !== null && typeof part === 'object' && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
			: part,
	);
}

/** Every byte in hexadecimal: hashes name what a page shows, dozens of times a view. */
const BYTES = Array.from({ length: 256 }, (_none, byte) => byte.toString(16).padStart(2, '0'));

/** SHA-256 of a text in UTF-8, as 64 hexadecimal digits. */
export async function sha256Hex(text: string): Promise<string> {
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	let hex = '';
	for (const byte of new Uint8Array(digest)) hex += BYTES[byte]!;
	return hex;
}
