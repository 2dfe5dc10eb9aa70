// @ts-check
// Python environments: the executor's, and that of the program that fuzzes the API. Each is made once from a lock file with its
// hashes, by uv when pip can get it, else by pip.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { executorFolder, fuzzerFolder, inVenv, root, uvFolder, venvFolder } from '../paths.js';
import { Problem } from '../problem.js';
import { step } from '../progress.js';
import { run } from '../run.js';

const UV_VERSION = '0.13.8';
/** @typedef {{ folder: string, lock: string }} Environment */
/** @type {Environment} */
const EXECUTOR = { folder: venvFolder, lock: join(executorFolder, 'requirements.lock') };
/** @type {Environment} */
export const FUZZER = { folder: fuzzerFolder, lock: join(root, 'tests/fuzz/requirements.lock') };

/** Creates or updates an environment when its lock file has changed since. */
export async function ensurePython(environment = EXECUTOR) {
	const wanted = createHash('sha256').update(readFileSync(environment.lock)).digest('hex');
	const mark = join(environment.folder, '.cardinal-installed');
	if (existsSync(mark) && readFileSync(mark, 'utf8') === wanted) return;
	const system = await findSystemPython();
	const uv = await step('Preparing Python', () => ensureUv(system));
	// Without bytecode the first start takes a minute, so it is compiled here.
	await step('Installing Python packages', () =>
		uv ? syncWithUv(uv, system, environment) : installWithPip(system, environment),
	);
	writeFileSync(mark, wanted);
}

/** @returns {Promise<string>} a Python 3.11, which the lock file was resolved for */
async function findSystemPython() {
	for (const candidate of ['python3.11', 'python3', 'python']) {
		const version = await versionOf(candidate);
		if (version === '3.11') return candidate;
	}
	throw new Problem(
		'Cardinal needs Python 3.11 and found none: install it (Debian 12: apt-get install python3 python3-venv).',
	);
}

/** @param {string} command */
async function versionOf(command) {
	try {
		return (await run(command, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])'])).trim();
	} catch {
		return null; // not there, or not a Python: the next candidate decides
	}
}

/** @param {string} system @returns {Promise<string | null>} the uv program, or null where pip has none for this platform */
async function ensureUv(system) {
	const uv = inVenv(uvFolder, 'uv');
	if (existsSync(uv)) return uv;
	rmSync(uvFolder, { recursive: true, force: true });
	await makeVenv(system, uvFolder);
	try {
		await run(inVenv(uvFolder, 'python'), [
			'-m',
			'pip',
			'install',
			'--quiet',
			'--disable-pip-version-check',
			`uv==${UV_VERSION}`,
		]);
		return uv;
	} catch {
		return null; // pip, which is slower, does the same work
	}
}

/** @param {string} uv @param {string} system @param {Environment} environment */
async function syncWithUv(uv, system, { folder, lock }) {
	const python = inVenv(folder, 'python');
	if (!existsSync(python)) await run(uv, ['venv', '--quiet', '--clear', '--python', system, folder]);
	const args = ['pip', 'sync', '--quiet', '--require-hashes', '--compile-bytecode', '--python', python, lock];
	await run(uv, args, {
		cwd: dirname(lock),
		failed: 'The Python packages could not be installed; check the network and try again',
	});
}

/** @param {string} system @param {Environment} environment */
async function installWithPip(system, { folder, lock }) {
	const python = inVenv(folder, 'python');
	if (!existsSync(python)) await makeVenv(system, folder);
	const args = [
		'-m',
		'pip',
		'install',
		'--quiet',
		'--disable-pip-version-check',
		'--require-hashes',
		'--no-deps',
		'-r',
		lock,
	];
	await run(python, args, {
		cwd: dirname(lock),
		failed: 'The Python packages could not be installed; check the network and try again',
	});
}

/** @param {string} system @param {string} folder */
function makeVenv(system, folder) {
	return run(system, ['-m', 'venv', folder], {
		failed: 'Python cannot make a virtual environment; install its venv module (Debian: apt-get install python3-venv)',
	});
}
