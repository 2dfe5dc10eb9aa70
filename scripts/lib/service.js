// @ts-check
// A program that runs beside the product until it is told to stop. Each leads a process group of its own, so that stopping
// reaches its children too and a terminal's Ctrl-C reaches none of them before us.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, signalGroup } from './leftovers.js';
import { Problem } from './problem.js';
import { lastLines } from './run.js';

const STOP_WITHIN_MS = 8_000;
const POLL_EVERY_MS = 25;

/**
 * @typedef {object} ServiceOptions
 * @property {string} name for messages: "the executor"
 * @property {string} command
 * @property {string[]} [args]
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env] the whole environment; secrets go here or into files, never into `args`
 * @property {string} log file that its output is written to
 * @property {() => Promise<boolean>} ready asked until it says yes
 * @property {number} [readyWithinMs]
 * @property {(code: number | null, output: string) => string | null} [explain] one sentence for an early end, when it is a known one
 */

/**
 * @typedef {object} Service
 * @property {string} name
 * @property {import('./leftovers.js').Identity} identity
 * @property {Promise<number | null>} ended resolves with the exit code, null when a signal ended it
 * @property {() => Promise<void>} stop asks it to end, insists after 8 s
 * @property {() => Promise<void>} kill SIGKILL to the whole group, as a crash would
 */

/**
 * Starts a program and waits until it is ready.
 * @param {ServiceOptions} options
 * @returns {Promise<Service>}
 * @throws {Problem} when it ends before, or is not ready in time
 */
export async function startService(options) {
	const { name, command, args = [], cwd, env, log, ready, readyWithinMs = 60_000, explain } = options;
	const output = openSync(log, 'w');
	const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
	closeSync(output);
	/** @type {Promise<number | null>} */
	const ended = new Promise((done, fail) => {
		child.once('exit', done);
		child.once('error', (error) => fail(new Problem(`${name} cannot be run: ${error.message}`)));
	});
	let isOver = false;
	const over = ended.finally(() => (isOver = true));
	over.catch(() => {}); // whoever awaits `ended` hears of it; an unawaited rejection would end us

	const pid = child.pid ?? 0;
	if (pid === 0) await ended;
	const service = { name, identity: identify(pid), ended, stop: () => stopGroup(pid, ended), kill: () => killGroup(pid, ended) };
	const deadline = Date.now() + readyWithinMs;
	while (!(await ready())) {
		if (isOver) throw new Problem(describeEnd(name, await ended, log, explain));
		if (Date.now() > deadline) {
			await service.kill();
			throw new Problem(`${name} was not ready within ${readyWithinMs / 1000} s; its output is in ${log}:\n${tail(log)}`);
		}
		await sleep(POLL_EVERY_MS);
	}
	return service;
}

/** @param {number} group @param {Promise<number | null>} ended */
async function stopGroup(group, ended) {
	if (!signalGroup(group, 'SIGTERM')) return;
	const insist = setTimeout(() => signalGroup(group, 'SIGKILL'), STOP_WITHIN_MS);
	await ended;
	clearTimeout(insist);
	signalGroup(group, 'SIGKILL'); // what its leader left behind
}

/** @param {number} group @param {Promise<number | null>} ended */
async function killGroup(group, ended) {
	signalGroup(group, 'SIGKILL');
	await ended;
}

/** @param {string} name @param {number | null} code @param {string} log @param {ServiceOptions['explain']} explain */
function describeEnd(name, code, log, explain) {
	const output = tail(log);
	return explain?.(code, output) ?? `${name} ended at its start (code ${code}); its output is in ${log}:\n${output}`;
}

/** @param {string} log */
function tail(log) {
	return existsSync(log) ? lastLines(readFileSync(log, 'utf8'), 20) : '';
}

/**
 * Whether anything answers HTTP there, whatever it says.
 * @param {string} url
 * @param {(response: Response) => boolean} [accept]
 */
export async function answers(url, accept = () => true) {
	try {
		const response = await fetch(url, { signal: AbortSignal.timeout(2_000), redirect: 'manual' });
		await response.arrayBuffer();
		return accept(response);
	} catch {
		return false; // not yet
	}
}
