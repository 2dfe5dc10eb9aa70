// @ts-check
// Which processes a data folder's product consists of, kept in `run.json`, so that a start after a SIGKILL ends what is
// left of the last one, and a start beside a living one says so. A process is known by its id *and* start time, since ids are reused.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../problem.js';

/** @typedef {{ pid: number, started: string }} Identity */
/** @typedef {{ supervisor: Identity, url: string | null, services: Record<string, Identity> }} RunRecord */

/** @param {string} dataDir */
const fileOf = (dataDir) => join(dataDir, 'run.json');

/** @param {number} pid @returns {Identity} */
function identify(pid) {
	return { pid, started: startTime(pid) ?? '' };
}

/** @param {number} pid @returns {string | null} null when there is no such process, or only its unreaped remains */
function startTime(pid) {
	const stat = `/proc/${pid}/stat`;
	if (existsSync('/proc/self/stat')) {
		// Exact ticks since boot; `ps` derives a wall clock from them that differs by a second from call to call.
		const [state, ...rest] = readOrNull(stat)
			?.replace(/^.*\) /s, '')
			.split(' ') ?? ['Z'];
		return state === 'Z' ? null : (rest[18] ?? null);
	}
	const [line] = processes(['-o', 'stat=,lstart=', '-p', String(pid)]);
	return line && !line.startsWith('Z') ? line.replace(/^\S+\s+/, '') : null;
}

/** @param {string} file */
function readOrNull(file) {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return null; // the process has ended
	}
}

/** @param {string[]} args of ps @returns {string[]} its lines */
function processes(args) {
	const { stdout } = spawnSync('ps', args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
	return stdout
		.split('\n')
		.map((line) => line.trim())
		.filter(Boolean);
}

/** @param {Identity} identity */
function isAlive({ pid, started }) {
	return startTime(pid) === started;
}

/**
 * Claims a data folder for this process.
 * @param {string} dataDir
 * @param {string | null} url for the message to whoever else wants it
 * @returns {(name: string, pid: number) => void} to be told of each process group
 */
export function claim(dataDir, url) {
	/** @type {RunRecord} */
	const record = { supervisor: identify(process.pid), url, services: {} };
	const write = () => writeFileSync(fileOf(dataDir), JSON.stringify(record, null, '\t'));
	write();
	return (name, pid) => {
		if (!existsSync(fileOf(dataDir))) return void signalGroup(pid, 'SIGKILL'); // told to stop in the middle of a start
		record.services[name] = identify(pid);
		write();
	};
}

/** @param {string} dataDir */
export function forget(dataDir) {
	rmSync(fileOf(dataDir), { force: true });
}

/**
 * Ends what a killed product left behind in this data folder.
 * @param {string} dataDir
 * @throws {Problem} when a product is running with this data folder
 */
export async function endLeftovers(dataDir) {
	if (!existsSync(fileOf(dataDir))) return;
	const record = readRecord(dataDir);
	if (isAlive(record.supervisor)) {
		throw new Problem(
			`Cardinal is already running with this data folder (process ${record.supervisor.pid}${record.url ? `, ${record.url}` : ''}): stop it, or set DATA_DIR and PORT to others.`,
		);
	}
	await endServices(dataDir);
}

/**
 * Ends the services of killed products whose data folders begin with a prefix, and removes those folders.
 * @param {string} prefix of their paths
 */
export async function endAbandoned(prefix) {
	const parent = dirname(prefix);
	for (const name of readdirSync(parent).filter((entry) => entry.startsWith(basename(prefix)))) {
		for (const dataDir of [join(parent, name), join(parent, name, 'product')]) {
			if (!existsSync(fileOf(dataDir)) || isAlive(readRecord(dataDir).supervisor)) continue;
			await endServices(dataDir);
			rmSync(join(parent, name), { recursive: true, force: true });
		}
	}
}

/** @param {string} dataDir @returns {RunRecord} */
function readRecord(dataDir) {
	return JSON.parse(readFileSync(fileOf(dataDir), 'utf8'));
}

/** Ends whatever services are noted in a data folder, at once. @param {string} dataDir */
export async function endServices(dataDir) {
	if (!existsSync(fileOf(dataDir))) return;
	const { services } = readRecord(dataDir);
	forget(dataDir); // first: what is spawned from now on ends itself, see `claim`
	for (const service of Object.values(services)) {
		const reused = startTime(service.pid) !== null && !isAlive(service);
		if (!reused) await endGroup(service.pid);
	}
}

/** Kills every process of a group and waits until they are gone. @param {number} group */
export async function endGroup(group) {
	while (isGroupAlive(group)) {
		signalGroup(group, 'SIGKILL');
		await sleep(20);
	}
}

/** Whether a process is left in a group; one that is dead and not yet buried does not count. @param {number} group */
export function isGroupAlive(group) {
	const member = new RegExp(`^${group}\\s+[^Z]`);
	return processes(['-A', '-o', 'pgid=,stat=']).some((line) => member.test(line));
}

/**
 * @param {number} group the id of the process that leads it
 * @param {NodeJS.Signals} signal
 * @returns {boolean} false when nobody is left in it
 */
export function signalGroup(group, signal) {
	try {
		process.kill(-group, signal);
		return true;
	} catch (error) {
		if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
		throw error;
	}
}
