// @ts-check
// A built product on workerd: what `wrangler.toml` says, with the settings of this machine in place of the cloud's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.js';
import { writePrivate } from './secrets.js';
import { startService } from './service.js';

/** @typedef {Extract<import('miniflare').V4MiniflareOptions, { name?: string }>} WorkerOptions Miniflare's, of one Worker */

const HOST = fileURLToPath(new URL('./miniflare-host.js', import.meta.url));

/**
 * @param {import('./service.js').Place} place
 * @param {{ port: number, build: string, settings: Record<string, string> }} options
 * `build`: a folder made by `build.js`; `settings`: variables and secrets that the Worker reads
 * @returns {Promise<{ service: import('./service.js').Service, url: string }>}
 */
export async function startWorker(place, { port, build, settings }) {
	const options = readOptions(build);
	const { service } = await startWorkerd(place, {
		name: 'the Worker',
		key: 'worker',
		port,
		worker: { ...options, bindings: { ...options.bindings, ...settings } },
	});
	return { service, url: `http://localhost:${port}` };
}

/**
 * The variables of `wrangler.toml`, those that the environment sets replaced.
 * @param {string} build
 * @param {NodeJS.ProcessEnv} env
 * @returns {Record<string, string>}
 */
export function workerVariables(build, env) {
	const defaults = /** @type {Record<string, string>} */ (readOptions(build).bindings);
	return Object.fromEntries(Object.entries(defaults).map(([name, value]) => [name, env[name] || value]));
}

/** @param {string} build @returns {WorkerOptions} */
function readOptions(build) {
	return JSON.parse(readFileSync(join(build, 'worker-options.json'), 'utf8'));
}

/**
 * @param {import('./service.js').Place} place
 * @param {{ name: string, key: string, port?: number, worker: WorkerOptions }} options
 * `key` names its folder, its log and the file that its options are written to for the process that reads them
 */
export async function startWorkerd(place, { name, key, port, worker }) {
	const listening = port ?? (await freePort());
	const log = join(place.logs, `${key}.log`);
	const file = join(place.dataDir, `${key}.json`);
	writePrivate(file, { port: listening, persist: join(place.dataDir, key), worker });
	const service = await startService(place, {
		name,
		command: process.execPath,
		args: [HOST, file],
		env: process.env,
		log,
		ready: async () => /^listening$/m.test(readFileSync(log, 'utf8')),
	});
	return { service, port: listening };
}

/** @param {string} url of a Worker; runs its cron handler as the minute's tick would */
export async function tick(url) {
	const response = await fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent('* * * * *')}`);
	await response.arrayBuffer();
	return response.ok;
}
