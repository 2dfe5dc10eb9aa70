// @ts-check
// What the environment says about a local installation, checked before anything is started.
import { mkdirSync, statfsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { root } from './paths.js';
import { Problem } from './problem.js';

const DEFAULT_PORT = 8787;
const NEEDED_DISK_BYTES = 500_000_000;

/**
 * @typedef {object} Settings
 * @property {number} port of the product; 0 in tests: any
 * @property {string} dataDir absolute; made when missing
 * @property {string} logs folder for the output of services
 * @property {{ email?: string, password?: string }} admin
 * @property {{ endpoint?: string, engine?: import('./services/dynamo.js').DynamoEngine }} dynamo
 * @property {{ endpoint?: string, accessKeyId?: string, secretAccessKey?: string }} s3
 * @property {{ url?: string, secret?: string }} executor
 * @property {NodeJS.ProcessEnv} env where variables of the Worker may be set
 */

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Settings}
 * @throws {Problem} naming the first setting that will not do
 */
export function readSettings(env) {
	const dataDir = resolve(root, env.DATA_DIR || '.data');
	const settings = {
		port: readPort(env.PORT),
		dataDir,
		logs: join(dataDir, 'logs'),
		admin: { email: env.CARDINAL_ADMIN_EMAIL || undefined, password: env.CARDINAL_ADMIN_PASSWORD || undefined },
		dynamo: { endpoint: env.DYNAMODB_ENDPOINT || undefined },
		s3: {
			endpoint: env.S3_ENDPOINT || undefined,
			accessKeyId: env.S3_ACCESS_KEY_ID || env.AWS_ACCESS_KEY_ID,
			secretAccessKey: env.S3_SECRET_ACCESS_KEY || env.AWS_SECRET_ACCESS_KEY,
		},
		executor: { url: env.EXECUTOR_URL || undefined, secret: env.EXECUTOR_SECRET || undefined },
		env,
	};
	if (settings.s3.endpoint && !(settings.s3.accessKeyId && settings.s3.secretAccessKey)) {
		throw new Problem('S3_ENDPOINT is set: set S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY for it too.');
	}
	if (settings.dynamo.endpoint && !(env.AWS_ACCESS_KEY_ID && env.AWS_SECRET_ACCESS_KEY)) {
		throw new Problem('DYNAMODB_ENDPOINT is set: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY for it too.');
	}
	if (settings.executor.url && !settings.executor.secret) {
		throw new Problem('EXECUTOR_URL is set: set EXECUTOR_SECRET to the secret of that executor too.');
	}
	makeFolder(settings.logs, dataDir);
	return settings;
}

/** @param {string | undefined} text */
function readPort(text) {
	const port = text ? Number(text) : DEFAULT_PORT;
	if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
	throw new Problem(`PORT must be a number up to 65535, not "${text}".`);
}

/** @param {string} logs @param {string} dataDir */
function makeFolder(logs, dataDir) {
	try {
		mkdirSync(logs, { recursive: true });
	} catch (error) {
		throw new Problem(
			`The data folder ${dataDir} cannot be written (${/** @type {Error} */ (error).message}): set DATA_DIR to another.`,
		);
	}
	const { bavail, bsize } = statfsSync(dataDir);
	if (bavail * bsize < NEEDED_DISK_BYTES) {
		throw new Problem(
			`The disk of ${dataDir} has less than ${NEEDED_DISK_BYTES / 1e6} MB left: free some, or set DATA_DIR to another disk.`,
		);
	}
}
