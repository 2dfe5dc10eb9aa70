// The little XML that S3's interface needs: reading the text of elements, writing the list of parts.

/** The texts of every element of this name, in order. */
export function texts(xml: string, element: string): string[] {
	return [...xml.matchAll(new RegExp(`<${element}>([^<]*)</${element}>`, 'g'))].map((match) => unescape(match[1]!));
}

/** The text of the first element of this name, or null. */
export function text(xml: string, element: string): string | null {
	return texts(xml, element)[0] ?? null;
}

/** The inner XML of every element of this name. */
export function elements(xml: string, element: string): string[] {
	return [...xml.matchAll(new RegExp(`<${element}>(.*?)</${element}>`, 'gs'))].map((match) => match[1]!);
}

/** Text as the content of an element. */
export function escape(value: string): string {
	return value.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescape(value: string): string {
	return value.replace(/&(#x[0-9a-f]+|#\d+|\w+);/gi, (whole, name: string) => {
		if (name.startsWith('#x')) return String.fromCodePoint(parseInt(name.slice(2), 16));
		if (name.startsWith('#')) return String.fromCodePoint(Number(name.slice(1)));
		return NAMED[name] ?? whole;
	});
}
