// @ts-check
// The executor's Python environment: made once from the lock file with its hashes, by uv when pip can get it, else by pip.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { executorFolder, inVenv, python, uvFolder, venvFolder } from '../paths.js';
import { Problem } from '../problem.js';
import { step } from '../progress.js';
import { run } from '../run.js';

const UV_VERSION = '0.13.8';
const LOCK = join(executorFolder, 'requirements.lock');
const INSTALLED_MARK = join(venvFolder, '.cardinal-installed');

/** Creates or updates the environment when the lock file has changed since. */
export async function ensurePython() {
	const wanted = createHash('sha256').update(readFileSync(LOCK)).digest('hex');
	if (existsSync(python) && existsSync(INSTALLED_MARK) && readFileSync(INSTALLED_MARK, 'utf8') === wanted) return;
	const system = await findSystemPython();
	const uv = await step('Preparing Python', () => ensureUv(system));
	// Without bytecode the first start takes a minute, so it is compiled here.
	await step('Installing Python packages', () => (uv ? syncWithUv(uv, system) : installWithPip(system)));
	writeFileSync(INSTALLED_MARK, wanted);
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

/** @param {string} uv @param {string} system */
async function syncWithUv(uv, system) {
	if (!existsSync(python)) await run(uv, ['venv', '--quiet', '--clear', '--python', system, venvFolder]);
	const args = ['pip', 'sync', '--quiet', '--require-hashes', '--compile-bytecode', '--python', python, LOCK];
	await run(uv, args, {
		cwd: executorFolder,
		failed: 'The Python packages could not be installed; check the network and try again',
	});
}

/** @param {string} system */
async function installWithPip(system) {
	if (!existsSync(python)) await makeVenv(system, venvFolder);
	const args = [
		'-m',
		'pip',
		'install',
		'--quiet',
		'--disable-pip-version-check',
		'--require-hashes',
		'--no-deps',
		'-r',
		LOCK,
	];
	await run(python, args, {
		cwd: executorFolder,
		failed: 'The Python packages could not be installed; check the network and try again',
	});
}

/** @param {string} system @param {string} folder */
function makeVenv(system, folder) {
	return run(system, ['-m', 'venv', folder], {
		failed: 'Python cannot make a virtual environment; install its venv module (Debian: apt-get install python3-venv)',
	});
}
