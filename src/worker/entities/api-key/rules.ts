// API keys as their bearers hold them: `ck_{keyId}_{secret}`. Pure.
import { sha256Hex } from '$lib/domain/canonical';
import { base32 } from '../../ids';

/** What a bearer shows: which key, and the hash of the secret that proves it. */
export interface KeyClaims {
	keyId: string;
	secretHash: string;
}

/** Of each person; enough for a program each, and few enough to look through. */
export const MAX_KEYS = 100;

/** 160 random bits: nothing that could be guessed, so that a plain hash of it may be stored. */
export function newSecret(): string {
	const half = () => base32(crypto.getRandomValues(new Uint8Array(16)));
	return half() + half();
}

/** The text that is shown once. */
export function keyText(keyId: string, secret: string): string {
	return `ck_${keyId}_${secret}`;
}

const FORM = /^ck_(key_[0-9a-hjkmnp-tv-z]{16})_([0-9a-hjkmnp-tv-z]{32})$/;

/** What a bearer token shows, or null when it is no API key. */
export async function readKeyText(token: string): Promise<KeyClaims | null> {
	const [, keyId, secret] = FORM.exec(token) ?? [];
	return keyId && secret ? { keyId, secretHash: await hashSecret(secret) } : null;
}

/** SHA-256 in hex. Two of them may be compared plainly: how far they agree tells nothing about the secret. */
export function hashSecret(secret: string): Promise<string> {
	return sha256Hex(secret);
}

/** @param now UNIX seconds */
export function isKeyOpen(
	key: { secretHash: string; expiresAt: number | null },
	{ secretHash }: KeyClaims,
	now: number,
): boolean {
	return key.secretHash === secretHash && (key.expiresAt === null || key.expiresAt > now);
}
