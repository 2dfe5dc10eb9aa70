// @ts-check
// Programs that are run to their end, as opposed to services (`services.js`).
import { spawn } from 'node:child_process';
import { Problem } from './problem.js';

/**
 * Runs a program silently; its output is shown only when it fails.
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {string} [options.cwd]
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.failed] what to say above the end of its output
 * @param {number} [options.lines] how much of its output to show
 * @returns {Promise<string>} stdout
 */
export function run(command, args, { cwd, env, failed, lines = 30 } = {}) {
	return new Promise((done, fail) => {
		const child = spawn(command, args, {
			cwd,
			env: { ...(env ?? process.env), NO_COLOR: '1' },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let stdout = '';
		let all = '';
		child.stdout.on('data', (chunk) => {
			stdout += chunk;
			all += chunk;
		});
		child.stderr.on('data', (chunk) => (all += chunk));
		child.on('error', (error) => fail(new Problem(`${failed ?? `${command} cannot be run`}: ${error.message}`)));
		child.on('close', (code) => {
			if (code === 0) return done(stdout);
			fail(new Problem(`${failed ?? `${command} ended with code ${code}`}:\n${lastLines(all, lines)}`));
		});
	});
}

/**
 * Runs a program with the terminal as its input and output.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 */
export function runInTerminal(command, args, { cwd, env } = {}) {
	return new Promise((done, fail) => {
		const child = spawn(command, args, { cwd, env: env ?? process.env, stdio: 'inherit' });
		child.on('error', fail);
		child.on('close', (code) => done(code ?? 1));
	});
}

/** @param {string} text @param {number} count */
export function lastLines(text, count) {
	return text.trimEnd().split('\n').slice(-count).join('\n');
}
