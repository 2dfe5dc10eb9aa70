// Shares: who else may see or change a dashboard.
import * as z from 'zod';
import { id, isoTime } from './common';
import { permission } from './dashboard';

export const sharedToType = z.enum(['user', 'group']);
export const share = z.object({
	id,
	dashboardId: id,
	sharedToType,
	sharedToId: id,
	/** Name and e-mail (users) of whom it is shared to. */
	sharedToName: z.string(),
	sharedToEmail: z.string().nullable(),
	permission,
	sharedBy: id,
	createdAt: isoTime,
	expiresAt: isoTime.nullable(),
});
export type Share = z.infer<typeof share>;
export const shareListInput = z.object({ dashboardId: id });
export const shareCreate = z.object({
	dashboardId: id,
	sharedToType,
	sharedToId: id,
	permission,
	expiresAt: isoTime.nullable().optional(),
});
export const shareUpdate = z.object({
	dashboardId: id,
	shareId: id,
	permission: permission.optional(),
	expiresAt: isoTime.nullable().optional(),
});
export const shareRef = z.object({ dashboardId: id, shareId: id });
