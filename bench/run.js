// @ts-check
// `npm run bench [-- P1 P4 --json]`: measures the goals of Cardinal on this machine, each beside a reference of the same run.
// Prints one line each and keeps the last run's in bench/results. A goal that is missed is printed as falling short; it is no failure.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureNode, ensurePackages } from '../scripts/lib/setup/node-packages.js';
import { root } from '../scripts/lib/paths.js';
import { Problem, runCommand } from '../scripts/lib/problem.js';
import { ensurePython } from '../scripts/lib/setup/python.js';

const ROWS = ['P1', 'P2', 'P3', 'P4', 'P5', 'P6'];

await runCommand(async () => {
	const asJson = process.argv.includes('--json');
	const wanted = process.argv
		.slice(2)
		.filter((word) => !word.startsWith('--'))
		.map((id) => id.toUpperCase());
	const unknown = wanted.find((id) => !ROWS.includes(id));
	if (unknown) throw new Problem(`There is no row "${unknown}"; there are ${ROWS.join(', ')}. P3b comes with P3.`);
	await ensurePackages();
	await ensureNode();
	await ensurePython();
	const results = await measure(wanted.length ? wanted : ROWS, asJson);
	const folder = join(root, 'bench/results');
	mkdirSync(folder, { recursive: true });
	writeFileSync(join(folder, 'last.jsonl'), results.map((line) => `${JSON.stringify(line)}\n`).join(''));
	const short = results.filter((line) => line.ok === false);
	if (!asJson)
		console.log(
			short.length ? `falls short: ${short.map((line) => `${line.id}.${line.name}`).join(', ')}` : 'all goals met',
		);
});

/** @typedef {{ id: string, name: string, value: number | string, unit: string, goal: string, ok: boolean | null, peer?: string }} Line */

/** @param {string[]} ids @param {boolean} asJson */
async function measure(ids, asJson) {
	/** @type {Line[]} */
	const lines = [];
	/** @param {Line} line */
	const report = (line) => {
		lines.push(line);
		console.log(asJson ? JSON.stringify(line) : readable(line));
	};
	for (const id of ids) {
		const row = await import(`./rows/${id.toLowerCase()}.js`);
		await row.run(report);
	}
	return lines;
}

/** @param {Line} line */
function readable({ id, name, value, unit, goal, ok, peer }) {
	const verdict = ok === null ? '' : ok ? ' ok' : ' FALLS SHORT';
	return `${id}.${name} ${value}${unit && ` ${unit}`} (goal ${goal})${verdict}${peer ? ` · beside ${peer}` : ''}`;
}
