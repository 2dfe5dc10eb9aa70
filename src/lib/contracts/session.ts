// Sessions: where somebody is logged in.
import * as z from 'zod';
import { id, isoTime } from './common';

export const session = z.object({
	sessionId: id,
	/** What opened it, as far as it said so: `Firefox` on `Windows`. */
	device: z.object({ browser: z.string().nullable(), system: z.string().nullable() }),
	/** Of the network it was opened from. */
	address: z.string().nullable(),
	createdAt: isoTime,
	/** True for the session that asks. */
	current: z.boolean(),
});
export type Session = z.infer<typeof session>;
export const sessionRef = z.object({ sessionId: id });
