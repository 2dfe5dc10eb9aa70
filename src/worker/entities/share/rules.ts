// Shares: their identifiers and the principals they are granted to. Pure.
import type { Permission } from '$lib/contracts/dashboard';
import { base32 } from '../../ids';

export const MAX_SHARES = 500;

export interface Target {
	sharedToType: 'user' | 'group';
	sharedToId: string;
}

/** How grants on a dashboard name whom they are for. */
export function principalOf({ sharedToType, sharedToId }: Target): string {
	return `${sharedToType}:${sharedToId}`;
}

/** The identifier of the one share a target can have of a dashboard: a second one is the same item. */
export async function shareIdOf(dashboardId: string, target: Target): Promise<string> {
	const text = JSON.stringify([dashboardId, target.sharedToType, target.sharedToId]);
	const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
	return `share_${base32(new Uint8Array(digest))}`;
}

/** Why an expiry cannot be used, or null. @param now UNIX seconds */
export function problemOfExpiry(expiresAt: number | null, now: number): string | null {
	return expiresAt !== null && expiresAt <= now ? 'must be in the future' : null;
}

export interface StoredGrant {
	permission: Permission;
	/** UNIX seconds, or null for always. */
	expiresAt: number | null;
}

/** Principals whose grants have ended. @param now UNIX seconds */
export function endedGrants(grants: Record<string, StoredGrant>, now: number): string[] {
	return Object.entries(grants)
		.filter(([, { expiresAt }]) => expiresAt !== null && expiresAt <= now)
		.map(([principal]) => principal);
}
