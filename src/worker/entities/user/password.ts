// Password hashes: scrypt, with its parameters in the hash so that they can be raised later.
// Provisioning runs this file under Node as it is: no aliases, erasable syntax only.
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/** log2 of the cost, block size, parallelism: 32 MiB and about a third of a second of one core. */
const PARAMETERS = { logN: 15, r: 8, p: 3 };
const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** The default is exactly what these parameters need, which Node counts as too much. */
const MAX_MEMORY = 64 * 1024 * 1024;

/** `scrypt$15$8$3$<salt>$<hash>`, both in base64url. */
export async function hashPassword(password: string): Promise<string> {
	const salt = randomBytes(SALT_BYTES);
	const { logN, r, p } = PARAMETERS;
	const hash = await inTurn(() => derive(password, salt, PARAMETERS));
	return ['scrypt', logN, r, p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/**
 * True when this is the password of that hash. Without a hash (nobody has that e-mail address) it takes as long and is false,
 * so that the time of a log-in tells nobody who has an account.
 */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
	const [, logN, r, p, salt, hash] = (stored ?? NOBODY).split('$');
	const expected = Buffer.from(hash!, 'base64url');
	const parameters = { logN: Number(logN), r: Number(r), p: Number(p) };
	const derived = await inTurn(() => derive(password, Buffer.from(salt!, 'base64url'), parameters));
	return timingSafeEqual(derived, expected) && stored !== null;
}

const NOBODY = [
	'scrypt',
	PARAMETERS.logN,
	PARAMETERS.r,
	PARAMETERS.p,
	'bm9ib2R5',
	Buffer.alloc(HASH_BYTES).toString('base64url'),
].join('$');

/** Milliseconds between two looks whether the thread is free, and for which a hash that was cut off keeps it. */
const LOOK_MS = 5;
const HELD_MS = 2_000;
let heldUntil = 0;

/**
 * One hash at a time, and a turn for everything else in between: a hash holds a Worker's only thread, and many in a row would
 * let the calls of other requests run into their deadlines.
 */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
	while (Date.now() < heldUntil) await pause(LOOK_MS);
	heldUntil = Date.now() + HELD_MS;
	try {
		await pause(0);
		return await work();
	} finally {
		heldUntil = 0;
	}
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => setTimeout(resolve, ms));
}

function derive(password: string, salt: Buffer, { logN, r, p }: typeof PARAMETERS): Promise<Buffer> {
	const options = { N: 2 ** logN, r, p, maxmem: MAX_MEMORY };
	return new Promise((resolve, reject) => {
		// One form of a password: a keyboard decides whether é is one character or two.
		scrypt(password.normalize('NFC'), salt, HASH_BYTES, options, (error, key) =>
			error ? reject(error) : resolve(key),
		);
	});
}
