// @ts-check
// Secrets of a local installation: made once, kept under the data folder, readable by its owner alone.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const OWNER_ONLY = 0o600;

/**
 * @typedef {object} Secrets
 * @property {string} SESSION_SECRET signs session cookies
 * @property {string} EXECUTOR_SECRET signs requests to the executor
 * @property {string} CARDS_SECRET signs addresses on the cards host
 * @property {string} AWS_ACCESS_KEY_ID of the local DynamoDB and bucket
 * @property {string} AWS_SECRET_ACCESS_KEY
 */

/** @param {string} dataDir @returns {Secrets} */
export function loadSecrets(dataDir) {
	return loadOrMake(join(dataDir, 'secrets.json'), () => ({
		SESSION_SECRET: random(),
		EXECUTOR_SECRET: random(),
		CARDS_SECRET: random(),
		AWS_ACCESS_KEY_ID: randomBytes(10).toString('hex'),
		AWS_SECRET_ACCESS_KEY: random(),
	}));
}

/**
 * The first admin: from CARDINAL_ADMIN_EMAIL and CARDINAL_ADMIN_PASSWORD, else made once and kept.
 * @param {string} dataDir
 * @param {{ email?: string, password?: string }} given
 * @returns {{ email: string, password: string, generated: boolean }}
 */
export function loadAdmin(dataDir, given) {
	const email = given.email ?? 'admin@cardinal.local';
	if (given.password) return { email, password: given.password, generated: false };
	const kept = loadOrMake(join(dataDir, 'admin.json'), () => ({
		email,
		password: `${randomBytes(12).toString('base64url')}-Aa1`,
	}));
	return { email: given.email ?? kept.email, password: kept.password, generated: true };
}

/** The password of the sample's viewer: kept before its account is made, so that an interrupted start does not lose it. @param {string} dataDir */
export function loadViewerPassword(dataDir) {
	return loadOrMake(join(dataDir, 'viewer.json'), () => ({ password: `${randomBytes(9).toString('base64url')}-Vv1` }))
		.password;
}

function random() {
	return randomBytes(32).toString('base64url');
}

/**
 * @template T
 * @param {string} file
 * @param {() => T} make
 * @returns {T}
 */
function loadOrMake(file, make) {
	if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
	const made = make();
	writePrivate(file, made);
	return made;
}

/** @param {string} file @param {unknown} value as JSON */
export function writePrivate(file, value) {
	writeFileSync(file, JSON.stringify(value, null, '\t'), { mode: OWNER_ONLY });
}
