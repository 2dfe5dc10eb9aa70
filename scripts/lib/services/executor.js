// @ts-check
// The Python executor as a local process: the same code that the container runs.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { executorFolder, python } from '../paths.js';
import { freePort } from './ports.js';
import { answers, startService } from './service.js';

/** The executor's own word for "this machine cannot isolate card code" (EX_CONFIG). */
const EXIT_UNFIT = 78;

/**
 * @param {import('./service.js').Place} place
 * @param {{ secret: string, env?: Record<string, string> }} options
 * @returns {Promise<{ service: import('./service.js').Service, url: string }>}
 */
export async function startExecutor(place, { secret, env }) {
	const cache = join(place.dataDir, 'executor-cache');
	mkdirSync(cache, { recursive: true });
	const port = await freePort();
	const url = `http://127.0.0.1:${port}`;
	const service = await startService(place, {
		name: 'the executor',
		command: python,
		args: ['-m', 'cardinal_executor'],
		cwd: executorFolder,
		env: { ...plainEnvironment(), EXECUTOR_SECRET: secret, PORT: String(port), EXECUTOR_CACHE_DIR: cache, ...env },
		log: join(place.logs, 'executor.log'),
		ready: () => answers(`${url}/health`, (response) => response.ok),
		readyWithinMs: 120_000, // a first start on a cold disk reads a gigabyte of libraries
		explain: (code, output) => (code === EXIT_UNFIT ? describeUnfit(output) : null),
	});
	return { service, url };
}

/** What a Python process needs of our environment, and none of what else is in it. */
function plainEnvironment() {
	const { PATH, HOME, LANG, TMPDIR } = process.env;
	return { PATH, HOME, LANG: LANG ?? 'C.UTF-8', TMPDIR };
}

/** @param {string} output whose line of JSON names the missing layers; null when it ended for another reason */
function describeUnfit(output) {
	const verdict = output.split('\n').findLast((line) => line.startsWith('{') && line.includes('"missing"'));
	if (!verdict) return null;
	const { missing } = JSON.parse(verdict);
	return `This machine cannot isolate card code (missing: ${missing.join(', ')}): run Cardinal as root, or with unprivileged user namespaces on Linux 5.13 or newer, or set EXECUTOR_URL to an executor elsewhere.`;
}
