import { expect, test } from 'vitest';
import { newId } from '../../../../../src/worker/ids';
import {
	hashSecret,
	isKeyOpen,
	keyText,
	newSecret,
	readKeyText,
} from '../../../../../src/worker/entities/api-key/rules';

test('a key shows which one it is and the hash of its secret, never the secret', async () => {
	const [keyId, secret] = [newId('key'), newSecret()];
	const claims = await readKeyText(keyText(keyId, secret));
	expect(claims).toEqual({ keyId, secretHash: await hashSecret(secret) });
	expect(JSON.stringify(claims)).not.toContain(secret);
});

test('two keys never share a secret', () => {
	expect(new Set(Array.from({ length: 1000 }, newSecret)).size).toBe(1000);
});

test.each([
	'',
	'ck_',
	'ck_key_0000000000000000_',
	`ck_key_0000000000000000_${'u'.repeat(32)}`,
	'eyJhbGciOiJIUzI1NiJ9.e30.x',
])('%j is no key', async (text) => {
	expect(await readKeyText(text)).toBeNull();
});

test('a key is open with its own secret until it ends, to the second', () => {
	const claims = { keyId: 'key_1', secretHash: 'a' };
	expect(isKeyOpen({ secretHash: 'a', expiresAt: null }, claims, 100)).toBe(true);
	expect(isKeyOpen({ secretHash: 'a', expiresAt: 101 }, claims, 100)).toBe(true);
	expect(isKeyOpen({ secretHash: 'a', expiresAt: 100 }, claims, 100)).toBe(false);
	expect(isKeyOpen({ secretHash: 'b', expiresAt: null }, claims, 100)).toBe(false);
});
