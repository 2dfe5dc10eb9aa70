// Shares: who else may see, use or change a dashboard or a dataset, until when, and why somebody may.
import * as z from 'zod';
import { id, isoTime, person } from './common';
import { groupName } from './group';

export const permission = z.enum(['viewer', 'editor', 'owner']);
export type Permission = z.infer<typeof permission>;

export const sharedToType = z.enum(['user', 'group']);
const sharedTo = z.object({
	id,
	sharedToType,
	sharedToId: id,
	/** Name and e-mail (users) of whom it is shared to. */
	sharedToName: z.string(),
	sharedToEmail: z.string().nullable(),
	/** How many are in the group; null for a user. */
	memberCount: z.int().nullable(),
	permission,
	sharedBy: id,
	createdAt: isoTime,
	expiresAt: isoTime.nullable(),
});
/** A share, whatever it is of. */
export type SharedTo = z.infer<typeof sharedTo>;

const target = z.object({ sharedToType, sharedToId: id, permission, expiresAt: isoTime.nullable().optional() });
/** Whom to share to, as what and until when; always when `expiresAt` is left out. */
export type ShareTarget = z.infer<typeof target>;
const changes = z.object({ permission: permission.optional(), expiresAt: isoTime.nullable().optional() });
export type ShareChanges = z.infer<typeof changes>;

/** What each kind of thing that can be shared is asked by. */
const dashboardRef = z.object({ dashboardId: id });
const datasetRef = z.object({ datasetId: id });
const shareId = z.object({ shareId: id });

export const share = sharedTo.extend(dashboardRef.shape);
export const shareListInput = dashboardRef;
export const shareCreate = target.extend(dashboardRef.shape);
export const shareRef = dashboardRef.extend(shareId.shape);
export const shareUpdate = changes.extend(shareRef.shape);

export const datasetShare = sharedTo.extend(datasetRef.shape);
export const datasetShareListInput = datasetRef;
export const datasetShareCreate = target.extend(datasetRef.shape);
export const datasetShareRef = datasetRef.extend(shareId.shape);
export const datasetShareUpdate = changes.extend(datasetShareRef.shape);

/** One way to access; the effective permission is the highest of all. */
export const accessReason = z.object({
	via: z.enum(['creation', 'user', 'group', 'admin']),
	group: groupName.optional(),
	permission,
	expiresAt: isoTime.nullable(),
});
export type AccessReason = z.infer<typeof accessReason>;
/** What somebody may do, and why: the strongest reason first. */
export const personAccess = z.object({ user: person, permission, reasons: z.array(accessReason) });
export type PersonAccess = z.infer<typeof personAccess>;
/** Everybody to whom a thing belongs or is shared, by themselves or in a group. Admins may do everything and are not listed for that. */
export const accessList = z.array(personAccess);

/** What a share would change, before it is made. */
export const sharePreview = z.object({
	/** Who has no access yet and would have: the first 500 by name. */
	gains: z.array(person),
	gainCount: z.int(),
	/** Those among whom it is shared to who have access already. */
	alreadyCount: z.int(),
	/** Whose content they would see. */
	datasets: z.array(z.object({ datasetId: id, name: z.string() })),
});
export type SharePreview = z.infer<typeof sharePreview>;

export const ownerTransfer = dashboardRef.extend({ userId: id });
