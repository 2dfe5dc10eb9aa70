// @ts-check
// A product of its own for a bench, with a dashboard to look at. Knows nothing of what is measured.
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logIn } from '../scripts/lib/rest.js';
import { readSettings } from '../scripts/lib/settings.js';
import { startStack } from '../scripts/lib/stack.js';
import { weatherCsv } from '../scripts/sample/data.js';

/** @typedef {import('../scripts/lib/stack.js').Stack} Stack */

/**
 * @template T
 * @param {(stack: Stack & { dataDir: string }) => Promise<T>} work
 * @param {readonly import('../scripts/lib/stack.js').Part[]} [parts]
 */
export async function withProduct(work, parts) {
	const dataDir = mkdtempSync(join(tmpdir(), 'cardinal-bench-'));
	const { PATH, HOME, LANG, S3_ENDPOINT } = process.env;
	const settings = readSettings({ PATH, HOME, LANG, S3_ENDPOINT, PORT: '0', DATA_DIR: dataDir });
	const stack = await startStack(settings, { parts, step: (_what, task) => task() });
	try {
		return await work({ ...stack, dataDir });
	} finally {
		await stack.stop();
		rmSync(dataDir, { recursive: true, force: true });
	}
}

const TABLE = `def render(dataset, filters, params):
    return dataset.head(params["rows"]).to_html(index=False)
`;

/**
 * A dashboard of static cards over the weather table, looked at once so that every card is rendered, shared with a viewer.
 * @param {Stack} stack @param {number} count
 */
export async function twelveCards(stack, count = 12) {
	const { api } = await logIn(stack.url, stack.admin);
	const form = new FormData();
	form.set('name', 'Weather');
	form.set('file', new Blob([weatherCsv()], { type: 'text/csv' }), 'weather.csv');
	const { dataset_id } = await api('POST', '/datasets', form);
	const cards = [];
	for (let i = 0; i < count; i++) {
		const card = await api('POST', '/cards', {
			name: `Card ${i + 1}`,
			dataset_id,
			code: TABLE,
			params: { rows: 20 + i },
		});
		cards.push({ card_id: card.card_id, x: (i % 4) * 3, y: Math.floor(i / 4) * 2, w: 3, h: 2 });
	}
	const filters = [{ id: 'day', type: 'date_range', column: 'day', label: 'Day' }];
	const dashboard = await api('POST', '/dashboards', {
		name: 'Twelve',
		layout: { cards, columns: 12, row_height: 100 },
		filters,
	});
	const password = 'Viewer-password-1';
	const viewers = [];
	for (const name of ['first', 'second']) {
		const email = `${name}@example.com`;
		const { user_id } = await api('POST', '/users', { email, name, password });
		await api('POST', `/dashboards/${dashboard.dashboard_id}/shares`, {
			shared_to_type: 'user',
			shared_to_id: user_id,
			permission: 'viewer',
		});
		viewers.push((await logIn(stack.url, { email, password })).token);
	}
	return { dashboardId: dashboard.dashboard_id, path: `/dashboards/${dashboard.dashboard_id}`, viewers };
}

/** @param {string} url @param {string} path @param {string} token of a session */
export async function view(url, path, token) {
	const response = await fetch(url + path, { headers: { cookie: `cardinal_session=${token}`, accept: 'text/html' } });
	if (response.status !== 200) throw new Error(`GET ${path}: ${response.status}`);
	return { html: await response.text(), cost: serverTiming(response.headers.get('server-timing') ?? '') };
}

/**
 * @param {string} header as in `dynamo;desc="1 call, 12 rcu", kv;desc="0"`
 * @returns {Record<string, number>} calls by system
 */
export function serverTiming(header) {
	return Object.fromEntries(
		[...header.matchAll(/(\w+);desc="(\d+)/g)].map(([, system, calls]) => [system, Number(calls)]),
	);
}

/** CPU seconds so far of a process and everything below it. @param {number} pid @returns {number} */
export function cpuSeconds(pid) {
	const processes = readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap(readProcess);
	/** @param {number} id @returns {number} */
	function total(id) {
		const own = processes.find((one) => one.pid === id)?.cpu ?? 0;
		return processes.filter((one) => one.parent === id).reduce((sum, one) => sum + total(one.pid), own);
	}
	return total(pid);
}

/** @param {string} id */
function readProcess(id) {
	try {
		const fields = readFileSync(`/proc/${id}/stat`, 'utf8')
			.replace(/^.*\) /s, '')
			.split(' ');
		return [{ pid: Number(id), parent: Number(fields[1]), cpu: (Number(fields[11]) + Number(fields[12])) / 100 }];
	} catch (error) {
		if (
			/** @type {NodeJS.ErrnoException} */ (error).code !== 'ENOENT' &&
			/** @type {NodeJS.ErrnoException} */ (error).code !== 'ESRCH'
		)
			throw error;
		return []; // it has ended meanwhile
	}
}

/** @param {number[]} values */
export function median(values) {
	const sorted = [...values].sort((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}
