// @ts-check
// Runs a bench written in Python: it prints a JSON object a line for each figure; other lines are passed on to stderr.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { python, root } from '../scripts/lib/paths.js';
import { Problem } from '../scripts/lib/problem.js';

/** @param {string} script path from the root @param {(line: import('./run.js').Line) => void} report */
export async function runPython(script, report) {
	const child = spawn(python, [script], {
		cwd: root,
		env: { ...process.env, PYTHONPATH: 'executor-container', PYTHONDONTWRITEBYTECODE: '1' },
		stdio: ['ignore', 'pipe', 'inherit'],
	});
	const ended = once(child, 'close');
	for await (const line of createInterface(child.stdout)) {
		if (line.startsWith('{')) report(JSON.parse(line));
		else console.error(line);
	}
	const [code] = await ended;
	if (code !== 0) throw new Problem(`${script} ended with code ${code}`);
}
