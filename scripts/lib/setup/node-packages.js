// @ts-check
// npm packages and the Node that the project runs on. Everything here runs on the system's Node, before anything is
// installed, so it may import only what Node 20 brings.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { modules, root } from '../paths.js';
import { Problem } from '../problem.js';
import { step } from '../progress.js';
import { run } from '../run.js';

const NEEDED_NODE = 24;
const INSTALLED_MARK = join(modules, '.cardinal-installed');

/** Runs `npm install` when node_modules is missing or was installed from another lock file. */
export async function ensurePackages() {
	const wanted = hashOf(join(root, 'package.json'), join(root, 'package-lock.json'));
	if (existsSync(INSTALLED_MARK) && readFileSync(INSTALLED_MARK, 'utf8') === wanted) return;
	// `npm ci` refuses a lock file made where the binaries of other platforms were missing; `--no-save` keeps the lock as it is.
	// Install scripts would run on the system's Node and nothing here needs one.
	const args = ['install', '--no-save', '--ignore-scripts'];
	const npm = process.env.npm_execpath?.endsWith('.js') ? process.env.npm_execpath : null;
	await step('Installing packages', () =>
		run(npm ? process.execPath : 'npm', npm ? [npm, ...args] : args, {
			cwd: root,
			failed: 'npm could not install the packages; check the network and run the command again',
		}),
	);
	writeFileSync(INSTALLED_MARK, wanted);
}

/**
 * Runs the current script again under the project's own Node when this one is too old, and ends with its exit code.
 * Returns, having done nothing but putting the project's programs on PATH, when this one is new enough.
 */
export async function ensureNode() {
	const folder = join(modules, `node-${nodePlatform()}`, 'bin');
	const own = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
	const path = [existsSync(own) ? folder : '', join(modules, '.bin'), process.env.PATH].filter(Boolean).join(delimiter);
	if (Number(process.versions.node.split('.')[0]) >= NEEDED_NODE) {
		process.env.PATH = path;
		return;
	}
	if (!existsSync(own)) {
		throw new Problem(
			`Cardinal needs Node ${NEEDED_NODE}, this is ${process.version} and npm has none for ${nodePlatform()}: install it from https://nodejs.org.`,
		);
	}
	process.exit(await runAgain(own, path));
}

/** @param {string} node @param {string} path @returns {Promise<number>} */
function runAgain(node, path) {
	const child = spawn(node, process.argv.slice(1), { stdio: 'inherit', env: { ...process.env, PATH: path } });
	// A terminal sends Ctrl-C to both, others to this one alone: the child takes it once however often it comes.
	for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
		process.on(signal, () => child.kill(signal));
	return new Promise((done) => {
		child.on('close', (code, signal) => done(code ?? 128 + (signal ? constants.signals[signal] : 0)));
	});
}

function nodePlatform() {
	return `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** @param {...string} files */
function hashOf(...files) {
	const hash = createHash('sha256');
	for (const file of files) hash.update(readFileSync(file));
	return hash.digest('hex');
}
