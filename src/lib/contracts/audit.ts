// The audit log: who did what to which thing, and who looked at which dashboard.
import * as z from 'zod';
import { id, isoDay, isoTime, json, page, pageInput, person } from './common';

/** Every kind of event. */
export const auditAction = z.enum([
	'USER_LOGIN',
	'LOGIN_FAILED',
	'USER_LOGOUT',
	'SESSION_ENDED',
	'PASSWORD_CHANGED',
	'PASSWORD_RESET_LINK_MADE',
	'PASSWORD_RESET',
	'USER_CREATED',
	'USER_UPDATED',
	'USER_DISABLED',
	'USER_ENABLED',
	'USER_SIGNED_OUT',
	'GROUP_CHANGED',
	'API_KEY_CREATED',
	'API_KEY_DELETED',
	'DATASET_CREATED',
	'DATASET_IMPORTED',
	'DATASET_DELETED',
	'DATASET_SHARE_ADDED',
	'DATASET_SHARE_UPDATED',
	'DATASET_SHARE_REMOVED',
	'ROW_POLICIES_CHANGED',
	'CARD_DELETED',
	'CARD_EXECUTION_FAILED',
	'DASHBOARD_SHARE_ADDED',
	'DASHBOARD_SHARE_UPDATED',
	'DASHBOARD_SHARE_REMOVED',
	'DASHBOARD_TRANSFERRED',
	'DASHBOARD_DELETED',
	'TRANSFORM_EXECUTED',
	'TRANSFORM_FAILED',
	'TRANSFORM_DELETED',
	'CHATBOT_QUERY',
	'AUDIT_EXPORTED',
]);
export type AuditAction = z.infer<typeof auditAction>;

/** Kinds of things that events are about. */
export const auditResource = z.enum([
	'user',
	'session',
	'group',
	'api_key',
	'dataset',
	'card',
	'dashboard',
	'transform',
	'audit_log',
]);
export type AuditResource = z.infer<typeof auditResource>;

export const auditEntry = z.object({
	id,
	/** Null: nobody who was logged in. */
	userId: id.nullable(),
	/** Name of that person now. */
	userName: z.string().nullable(),
	action: auditAction,
	resourceType: auditResource.nullable(),
	resourceId: id.nullable(),
	ipAddress: z.string().nullable(),
	userAgent: z.string().nullable(),
	requestId: z.string(),
	/** What else matters, such as before and after. */
	details: z.record(z.string(), json),
	createdAt: isoTime,
});
export type AuditEntry = z.infer<typeof auditEntry>;

/** A day means all of it, in UTC. */
const moment = z.union([isoTime, isoDay]);
export const auditFilter = z.object({
	action: auditAction.optional(),
	userId: id.optional(),
	resourceType: auditResource.optional(),
	resourceId: id.optional(),
	/** Both inclusive. */
	from: moment.optional(),
	to: moment.optional(),
});
export type AuditFilter = z.infer<typeof auditFilter>;
export const auditListInput = pageInput.omit({ q: true }).extend(auditFilter.shape);
export const auditPage = page(auditEntry);

/** How often somebody opened a dashboard on one day (UTC). */
export const dashboardViews = z.object({
	day: isoDay,
	dashboardId: id,
	user: person,
	views: z.int().min(1),
	lastAt: isoTime,
});
export type DashboardViews = z.infer<typeof dashboardViews>;
/** Days, both inclusive; left out: the last thirty of one dashboard, the last seven of all. At most a hundred. */
const days = z.object({ from: isoDay.optional(), to: isoDay.optional() });
export const dashboardViewsInput = pageInput.omit({ q: true }).extend({ dashboardId: id, ...days.shape });
export const allViewsInput = pageInput.omit({ q: true }).extend(days.shape);
export const dashboardViewsPage = page(dashboardViews);
export const namedViewsPage = page(dashboardViews.extend({ dashboardName: z.string() }));
