// People: accounts and log-in.
import * as z from 'zod';
import { id, isoTime, name, page, pageInput } from './common';
import { groupName } from './group';

export const role = z.enum(['user', 'admin']);
export type Role = z.infer<typeof role>;

/** 3–254 characters, kept as typed; compared without case and in NFC. */
export const email = z.string().trim().max(254).pipe(z.email('is not an e-mail address'));

const PASSWORD_RULES: [RegExp, string][] = [
	[/\p{Lu}/u, 'needs an upper-case letter'],
	[/\p{Ll}/u, 'needs a lower-case letter'],
	[/\p{Nd}/u, 'needs a digit'],
	[/[^\p{L}\p{N}\s]/u, 'needs a symbol'],
];
/** 8–128 characters with an upper- and a lower-case letter, a digit and a symbol. */
export const newPassword = PASSWORD_RULES.reduce(
	(schema, [rule, reason]) => schema.regex(rule, reason),
	z.string().min(8, 'at least 8 characters').max(128, 'at most 128 characters'),
);

export const user = z.object({
	userId: id,
	email: z.string(),
	name: z.string(),
	role,
	/** Only where it is so: may not log in, and keeps what is theirs. */
	disabled: z.literal(true).optional(),
	createdAt: isoTime,
	updatedAt: isoTime,
});
export type User = z.infer<typeof user>;

/** Oneself, as every page knows it. */
export const self = user.extend({
	/** One's transforms whose last run failed. */
	failedTransforms: z.array(id),
});
export type Self = z.infer<typeof self>;
export const me = self.extend({ groups: z.array(groupName) });
export type Me = z.infer<typeof me>;

export const loginInput = z.object({
	email: z.string().trim().min(1, 'must not be empty').max(254),
	password: z.string().min(1, 'must not be empty').max(1024),
});
export const loginOutput = z.object({
	accessToken: z.string(),
	tokenType: z.literal('bearer'),
	/** Seconds. */
	expiresIn: z.int(),
	user,
});

export const userCreate = z.object({ email, name, password: newPassword });
export const userUpdate = z.object({
	userId: id,
	name: name.optional(),
	/** Admins only. */
	role: role.optional(),
	/** Admins only. */
	disabled: z.boolean().optional(),
});
export const userListInput = pageInput;
export const userPage = page(user);
export const userRef = z.object({ userId: id });

/** By which somebody chooses another password, once. */
export const resetLink = z.object({ link: z.url(), expiresAt: isoTime });
export type ResetLink = z.infer<typeof resetLink>;
export const resetInput = z.object({ userId: id, token: z.string().max(200), newPassword });
export const passwordChange = z.object({ currentPassword: loginInput.shape.password, newPassword });
