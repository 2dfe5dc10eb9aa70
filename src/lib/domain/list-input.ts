// What a list page asks for, read from its address. Pure.

/** Rows of one page of a list. */
const PAGE_ROWS = 50;

export interface ListInput {
	limit: number;
	offset: number;
	q?: string;
}

/** `?q=…&offset=…`; what cannot be read is the first page. */
export function listInput(url: URL): ListInput {
	const offset = Number(url.searchParams.get('offset') ?? 0);
	const q = url.searchParams.get('q')?.trim().slice(0, 200);
	return { limit: PAGE_ROWS, offset: Number.isInteger(offset) && offset > 0 ? offset : 0, ...(q && { q }) };
}
