// @ts-check
// A program that runs beside the product until it is told to stop, and is started again when it ends by itself. Each leads
// a process group of its own, so that stopping reaches its children too and a terminal's Ctrl-C reaches none of them before us.
import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { endGroup, signalGroup } from './leftovers.js';
import { Problem } from '../problem.js';
import { lastLines } from '../run.js';

const STOP_WITHIN_MS = 8_000;
const POLL_EVERY_MS = 25;
const RESTARTS = { most: 5, withinMs: 60_000, afterMs: 300 };

/**
 * @typedef {object} Place what every service is told
 * @property {string} dataDir
 * @property {string} logs folder for output
 * @property {(name: string, pid: number) => void} onSpawn hears of every process group that is made
 * @property {(sentence: string) => void} onTrouble hears that a service has ended by itself
 */

/**
 * @typedef {object} ServiceOptions
 * @property {string} name for messages, in the middle of a sentence: "the executor"
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
 * @property {number} pid of the leader of its process group
 * @property {() => Promise<void>} stop asks it to end, insists after 8 s
 * @property {() => Promise<void>} kill SIGKILL to the whole group, as a crash of the machine would
 */

/** @typedef {{ pid: number, ended: Promise<number | null>, isOver: boolean }} Group */

/**
 * Starts a program and waits until it is ready.
 * @param {Place} place
 * @param {ServiceOptions} options
 * @returns {Promise<Service>}
 * @throws {Problem} when it ends before, or is not ready in time
 */
export async function startService(place, options) {
	const state = { group: await launch(place, options, 'w'), stopping: false };
	await untilReady(state.group, options);
	void keepAlive(state, place, options);
	return {
		get pid() {
			return state.group.pid;
		},
		stop: () => {
			state.stopping = true;
			return stopGroup(state.group);
		},
		kill: async () => {
			state.stopping = true;
			await endGroup(state.group.pid);
		},
	};
}

/**
 * @param {Place} place
 * @param {ServiceOptions} options
 * @param {'w' | 'a'} flag whether the log starts anew
 * @returns {Promise<Group>}
 */
async function launch({ onSpawn }, { name, command, args = [], cwd, env, log }, flag) {
	const output = openSync(log, flag, 0o600);
	const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', output, output] });
	closeSync(output);
	await new Promise((done, fail) => {
		child.once('spawn', done);
		child.once('error', (error) => fail(new Problem(`${name} cannot be run: ${error.message}`)));
	});
	/** @type {Group} */
	const group = {
		pid: /** @type {number} */ (child.pid),
		ended: new Promise((done) => child.once('exit', done)),
		isOver: false,
	};
	void group.ended.then(() => (group.isOver = true));
	onSpawn(name, group.pid);
	return group;
}

/** @param {Group} group @param {ServiceOptions} options */
async function untilReady(group, { name, log, ready, readyWithinMs = 60_000, explain }) {
	const deadline = Date.now() + readyWithinMs;
	while (!(await ready())) {
		if (group.isOver) {
			const [code, output] = [await group.ended, tail(log)];
			throw new Problem(
				explain?.(code, output) ?? `${name} ended at its start (code ${code}); its output is in ${log}:\n${output}`,
			);
		}
		if (Date.now() > deadline) {
			await stopGroup(group);
			throw new Problem(
				`${name} was not ready within ${readyWithinMs / 1000} s; its output is in ${log}:\n${tail(log)}`,
			);
		}
		await sleep(POLL_EVERY_MS);
	}
}

/** @param {{ group: Group, stopping: boolean }} state @param {Place} place @param {ServiceOptions} options */
async function keepAlive(state, place, options) {
	/** @type {number[]} */
	let ends = [];
	for (;;) {
		const code = await state.group.ended;
		if (state.stopping) return;
		await endGroup(state.group.pid);
		ends = [...ends.filter((at) => at > Date.now() - RESTARTS.withinMs), Date.now()];
		const givesUp = ends.length > RESTARTS.most;
		place.onTrouble(
			`${options.name} ended (code ${code}); ${givesUp ? 'it keeps doing so and stays ended' : 'starting it again'}; its output is in ${options.log}`,
		);
		if (givesUp) return;
		await sleep(RESTARTS.afterMs);
		if (state.stopping) return;
		state.group = await launch(place, options, 'a');
	}
}

/** @param {Group} group */
async function stopGroup(group) {
	if (!signalGroup(group.pid, 'SIGTERM')) return;
	const insist = setTimeout(() => signalGroup(group.pid, 'SIGKILL'), STOP_WITHIN_MS);
	await group.ended;
	clearTimeout(insist);
	await endGroup(group.pid); // what its leader left behind
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
