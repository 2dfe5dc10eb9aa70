// @ts-check
// A built product on workerd: what `wrangler.toml` says, with the settings of this machine in place of the cloud's.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './ports.js';
import { writePrivate } from './secrets.js';
import { answers, startService } from './service.js';

const HOST = fileURLToPath(new URL('./miniflare-host.js', import.meta.url));

/**
 * @param {{ dataDir: string, logs: string, port: number, build: string, settings: Record<string, string> }} options
 * `build`: a folder made by `build.js`; `settings`: variables and secrets that the Worker reads
 * @returns {Promise<{ service: import('./service.js').Service, url: string }>}
 */
export async function startWorker({ dataDir, logs, port, build, settings }) {
	const options = JSON.parse(readFileSync(join(build, 'worker-options.json'), 'utf8'));
	const { service } = await startWorkerd({
		name: 'The Worker',
		file: join(dataDir, 'worker.json'),
		log: join(logs, 'worker.log'),
		persist: join(dataDir, 'worker'),
		port,
		worker: { ...options, rootPath: build, bindings: { ...options.bindings, ...settings } },
	});
	return { service, url: `http://localhost:${port}` };
}

/**
 * @param {{ name: string, file: string, log: string, persist: string, port?: number, worker: import('miniflare').V4MiniflareOptions }} options
 * `file`: where its options are written for the process that reads them
 */
export async function startWorkerd({ name, file, log, persist, port, worker }) {
	const listening = port ?? (await freePort());
	writePrivate(file, { port: listening, persist, worker });
	const service = await startService({
		name,
		command: process.execPath,
		args: [HOST, file],
		env: process.env,
		log,
		ready: () => answers(`http://127.0.0.1:${listening}/cdn-cgi/local/`),
	});
	return { service, port: listening };
}

/** @param {string} url of a Worker; runs its cron handler as the minute's tick would */
export async function tick(url) {
	const response = await fetch(`${url}/cdn-cgi/local/scheduled?cron=${encodeURIComponent('* * * * *')}`);
	await response.arrayBuffer();
	return response.ok;
}
