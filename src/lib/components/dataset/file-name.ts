// The name a file suggests for its dataset. A dataset's name is also its name in code, so it comes as one word.

/** `flights-2026-10.csv.gz` → `flights_2026_10`; never empty. */
export function nameOfFile(fileName: string): string {
	const base = fileName.replace(/\.(?:gz|zip)$/i, '').replace(/\.[A-Za-z0-9]{1,5}$/, '');
	const name = base.replace(/[^\p{L}\p{N}]+/gu, '_').replace(/^_+|_+$/g, '');
	return name.slice(0, 255) || 'dataset';
}
