// @ts-check
// P1: what a warm view of twelve cards costs, beside a Worker that returns the same bytes. P1b: a viewer's first view.
import { startWorkerd } from '../../scripts/lib/services/worker.js';
import { cpuSeconds, median, twelveCards, view, withProduct } from '../product.js';

const VIEWS = 300;
const ROUNDS = 5;

/** @param {(line: import('../run.js').Line) => void} report */
export function run(report) {
	return withProduct(async (stack) => {
		const { path, viewers } = await twelveCards(stack);
		const [first, second] = /** @type {[string, string]} */ (viewers);
		await view(stack.url, `${path}?render=wait`, first);

		const newcomer = await view(stack.url, path, second);
		report(count('P1b', 'dynamo_calls', newcomer.cost.dynamo, 1));
		report(count('P1b', 'executions', newcomer.cost.exec, 0));

		const warm = await view(stack.url, path, second);
		for (const system of ['dynamo', 's3', 'kv', 'exec']) report(count('P1', `${system}_calls`, warm.cost[system], 0));
		const inlined = warm.html.match(/<iframe[^>]*\ssrcdoc=/g)?.length ?? 0;
		report({ id: 'P1', name: 'inlined_cards', value: inlined, unit: '', goal: '12', ok: inlined === 12 });
		await compareCpu(stack, { path, token: second, bytes: warm.html }, report);
	});
}

/** @param {string} id @param {string} name @param {number | undefined} value @param {number} goal @returns {import('../run.js').Line} */
function count(id, name, value, goal) {
	return { id, name, value: value ?? NaN, unit: '', goal: String(goal), ok: value !== undefined && value <= goal };
}

/**
 * CPU of the workerd processes, in turn with the reference, since one machine's speed drifts.
 * @param {import('../../scripts/lib/stack.js').Stack & { dataDir: string }} stack
 * @param {{ path: string, token: string, bytes: string }} page
 * @param {(line: import('../run.js').Line) => void} report
 */
async function compareCpu(stack, { path, token, bytes }, report) {
	const script = `const body = ${JSON.stringify(bytes)};
export default { fetch: () => new Response(body, { headers: { 'content-type': 'text/html; charset=utf-8' } }) };`;
	const place = { dataDir: stack.dataDir, logs: stack.dataDir, onSpawn: () => {}, onTrouble: console.error };
	const trivial = await startWorkerd(place, {
		name: 'the reference Worker',
		key: 'reference',
		worker: { modules: [{ type: 'ESModule', path: 'index.js', contents: script }], compatibilityDate: '2026-11-01' },
	});
	try {
		const ours = { pid: /** @type {any} */ (stack.services.worker).pid, url: stack.url, path };
		const theirs = { pid: trivial.service.pid, url: `http://127.0.0.1:${trivial.port}`, path: '/' };
		/** @type {[number, number][]} */
		const rounds = [];
		for (let round = 0; round <= ROUNDS; round++)
			rounds.push([await cpuPerView(ours, token), await cpuPerView(theirs, token)]);
		rounds.shift(); // the first warms both
		const cpu = median(rounds.map(([mine]) => mine));
		const reference = median(rounds.map(([, other]) => other));
		const ratio = median(rounds.map(([mine, other]) => mine / other));
		const peer = `${reference.toFixed(2)} ms of a Worker returning the same ${Math.round(bytes.length / 1000)} kB`;
		report({ id: 'P1', name: 'cpu_ms', value: cpu.toFixed(2), unit: 'ms', goal: '<= 8', ok: cpu <= 8, peer });
		report({ id: 'P1', name: 'cpu_ratio', value: ratio.toFixed(2), unit: 'x', goal: '<= 2', ok: ratio <= 2, peer });
	} finally {
		await trivial.service.stop();
	}
}

/** Milliseconds of CPU a view. @param {{ pid: number, url: string, path: string }} place @param {string} token */
async function cpuPerView({ pid, url, path }, token) {
	await view(url, path, token);
	const before = cpuSeconds(pid);
	for (let i = 0; i < VIEWS; i++) await view(url, path, token);
	return ((cpuSeconds(pid) - before) * 1000) / VIEWS;
}
