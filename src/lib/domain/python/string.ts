// What a Python string literal means. Pure; knows no syntax tree.

const SIMPLE: Readonly<Record<string, string>> = {
	'\n': '',
	'\\': '\\',
	"'": "'",
	'"': '"',
	a: '\x07',
	b: '\b',
	f: '\f',
	n: '\n',
	r: '\r',
	t: '\t',
	v: '\v',
};
/** One escape: octal, hexadecimal by its length, a name, or any other character. */
const ESCAPE = /\\(?:([0-7]{1,3})|x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([^]))/gu;
/** Escapes that Python refuses when what must follow is missing, and names of characters, whose table is not here. */
const UNREADABLE = new Set(['x', 'u', 'U', 'N']);
const isSurrogate = (point: number) => point >= 0xd800 && point <= 0xdfff;

/**
 * The text of one literal with its quotes and prefix (none, `r` or `u`). Null when it is bytes, is formatted, does not end,
 * names a character (`\N{…}`), or holds what is no Unicode text.
 */
export function readString(literal: string): string | null {
	const match = /^([a-z]*)('''|"""|'|")([^]*)\2$/i.exec(literal);
	if (!match || !/^[ru]?$/i.test(match[1]!)) return null;
	const [, prefix, quote, inside] = match as unknown as [string, string, string, string];
	const body = inside.replace(/\r\n?/g, '\n');
	const plain = body.replace(/\\[^]/g, '');
	if (plain.endsWith('\\') || plain.includes(quote) || (quote.length === 1 && plain.includes('\n'))) return null;
	return /r/i.test(prefix) ? wellFormed(body) : unescape(body);
}

function unescape(body: string): string | null {
	let readable = true;
	const text = body.replace(ESCAPE, (escape, octal, byte, short, long, other?: string) => {
		if (other !== undefined) {
			if (UNREADABLE.has(other)) readable = false;
			return SIMPLE[other] ?? escape;
		}
		const point = octal ? parseInt(octal, 8) : parseInt(byte ?? short ?? long, 16);
		if (point > 0x10ffff || isSurrogate(point)) return ((readable = false), '');
		return String.fromCodePoint(point);
	});
	return readable ? wellFormed(text) : null;
}

const wellFormed = (text: string) => (text.isWellFormed() ? text : null);
