// What every contract shares: names, times, pages, errors. Knows no entity.
import * as z from 'zod';

/** An identifier on the wire. Any text is accepted: one of another kind is simply not there (404), never a 400. */
export const id = z.string();
/** An instant, ISO 8601 in UTC. */
export const isoTime = z.iso.datetime({ offset: true });
/** A day, `YYYY-MM-DD`. */
export const isoDay = z.iso.date();
/** A display name: 1–255 characters once trimmed. */
export const name = z.string().trim().min(1, 'must not be empty').max(255, 'at most 255 characters');
/** A free text of up to 10,000 characters. */
export const description = z.string().max(10_000, 'at most 10,000 characters');
/** The count of changes of an editable thing; an update that sends it fails with 409 unless it is current. */
export const revision = z.int().min(1);

/** Calls of procedures that travel in one request at most, so that no request asks for endless work. */
export const MAX_CALLS_AT_ONCE = 20;

/** What every list takes. Numbers may come as text, which is all that a query can hold. */
export const pageInput = z.object({
	limit: z.coerce.number<number>().int().min(1).max(100).default(50),
	offset: z.coerce.number<number>().int().min(0).max(1_000_000).default(0),
	q: z.string().max(200).optional(),
});
export type PageInput = z.infer<typeof pageInput>;

/** One page of a list, newest first; `total` counts what the actor may see. */
export function page<T extends z.ZodType>(item: T) {
	return z.object({
		items: z.array(item),
		pagination: z.object({
			total: z.int().min(0),
			limit: z.int(),
			offset: z.int(),
			hasNext: z.boolean(),
		}),
	});
}

/** Whoever owns a thing, as others may see them. */
export const person = z.object({ userId: z.string(), name: z.string() });
export type Person = z.infer<typeof person>;

/** JSON as card params carry it. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export const json: z.ZodType<Json> = z.lazy(() =>
	z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(json), z.record(z.string(), json)]),
);
