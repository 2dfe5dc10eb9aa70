// Shares: their identifiers, the principals they are granted to, and how the thing that is shared keeps them. Pure.
import * as z from 'zod';
import { permission } from '$lib/contracts/share';
import { base32 } from '../../ids';

export const MAX_SHARES = 500;

export type Kind = 'dashboard' | 'dataset';
/** A thing that can be shared. */
export interface Resource<K extends Kind = Kind> {
	kind: K;
	id: string;
}

export interface Target {
	sharedToType: 'user' | 'group';
	sharedToId: string;
}

const storedGrant = z.object({
	permission,
	/** UNIX seconds, or null for always. */
	expiresAt: z.number().nullable(),
});
export type StoredGrant = z.infer<typeof storedGrant>;

/** As a thing's item holds them, by principal: what its shares say, kept there so that one read decides. */
export const storedGrants = z.record(z.string(), storedGrant);
export type StoredGrants = z.infer<typeof storedGrants>;

/** How grants name whom they are for. */
export function principalOf({ sharedToType, sharedToId }: Target): string {
	return `${sharedToType}:${sharedToId}`;
}

/** Whom grants name. */
export function targetOf(principal: string): Target {
	const [sharedToType, sharedToId] = principal.split(':', 2) as [Target['sharedToType'], string];
	return { sharedToType, sharedToId };
}

/** The identifier of the one share a target can have of a thing: a second one is the same item. */
export async function shareIdOf(resourceId: string, { sharedToType, sharedToId }: Target): Promise<string> {
	const text = JSON.stringify([resourceId, sharedToType, sharedToId]);
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return `share_${base32(new Uint8Array(digest))}`;
}

/** Why an expiry cannot be used, or null. @param now UNIX seconds */
export function problemOfExpiry(expiresAt: number | null, now: number): string | null {
	return expiresAt !== null && expiresAt <= now ? 'must be in the future' : null;
}

/** Principals whose grants have ended. @param now UNIX seconds */
export function endedGrants(grants: StoredGrants, now: number): string[] {
	return Object.entries(grants)
		.filter(([, { expiresAt }]) => expiresAt !== null && expiresAt <= now)
		.map(([principal]) => principal);
}
