// Groups: people to whom things are shared together.
import * as z from 'zod';
import { id, isoTime, name, page, pageInput } from './common';

/** Groups that one person may be in: access is decided from a list of them. */
export const MAX_GROUPS_OF_USER = 200;

export const group = z.object({
	id,
	name: z.string(),
	memberCount: z.int().min(0),
	createdAt: isoTime,
	updatedAt: isoTime,
});
export type Group = z.infer<typeof group>;
/** A group as those who are in it are told. */
export const groupName = z.object({ groupId: id, name: z.string() });

export const member = z.object({
	groupId: id,
	userId: id,
	name: z.string(),
	email: z.string(),
	addedAt: isoTime,
});
export type Member = z.infer<typeof member>;
export const groupDetail = group.extend({ members: z.array(member) });
export type GroupDetail = z.infer<typeof groupDetail>;

export const groupListInput = pageInput;
export const groupPage = page(group);
export const groupRef = z.object({ groupId: id });
export const groupCreate = z.object({ name });
export const groupUpdate = z.object({ groupId: id, name: name.optional() });
export const memberRef = z.object({ groupId: id, userId: id });
