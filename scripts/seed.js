// @ts-check
// Fills a new installation with the sample tables, transform, cards and dashboard, through the product's own REST API as its admin.
// Does nothing where all of it is there already. Knows nothing of tables, buckets or processes.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { logIn } from './lib/rest.js';
import { flightsCsv, moviesCsv, weatherCsv } from './sample/data.js';
import { CARDS, DASHBOARD, FILTERS, TRANSFORM } from './sample/dashboard.js';

export const VIEWER = { email: 'viewer@example.com', name: 'Vera Viewer' };

/**
 * Each step is skipped where its result is there already, so that the next run finishes one that was interrupted.
 * @param {{ url: string, email: string, password: string, viewerPassword: string, say?: (line: string) => void }} options
 * @returns {Promise<{ dashboardId: string, viewer: { email: string, password: string } | null, created: boolean }>}
 *   viewer: null when that account was there before, since its password may have changed.
 */
export async function seed({ url, email, password, viewerPassword, say = () => {} }) {
	const { api } = await logIn(url, { email, password });
	const viewer = await viewerAccount(api, viewerPassword);
	const found = await findByName(api, '/dashboards', DASHBOARD.name);
	const { dashboard_id: dashboardId } = found ?? (await createDashboard(api, say));
	await shareOnce(api, dashboardId, viewer.userId);
	return {
		dashboardId,
		viewer: viewer.isNew ? { email: VIEWER.email, password: viewerPassword } : null,
		created: !found,
	};
}

/** @typedef {import('./lib/rest.js').Api} Api */

/** One's own thing of exactly this name. @param {Api} api @param {string} path @param {string} name */
async function findByName(api, path, name) {
	const found = await api('GET', `${path}?q=${encodeURIComponent(name)}`);
	return found.find((/** @type {any} */ one) => one.name === name);
}

/** @param {Api} api @param {(line: string) => void} say */
async function createDashboard(api, say) {
	const datasets = await importTables(api, say);
	say('Running the sample transform');
	await runTransform(api, /** @type {string} */ (datasets[TRANSFORM.dataset]));
	say('Writing the sample cards and dashboard');
	const layout = { cards: await createCards(api, datasets), columns: 12, row_height: 100 };
	return api('POST', '/dashboards', { ...DASHBOARD, layout, filters: FILTERS });
}

/** @param {Api} api @param {string} dashboardId @param {string} userId */
async function shareOnce(api, dashboardId, userId) {
	const path = `/dashboards/${dashboardId}/shares`;
	const isShared = (await api('GET', path)).some((/** @type {any} */ share) => share.shared_to_id === userId);
	if (!isShared) await api('POST', path, { shared_to_type: 'user', shared_to_id: userId, permission: 'viewer' });
}

/** @param {Api} api @param {(line: string) => void} say */
async function importTables(api, say) {
	/** @type {Record<string, string>} dataset id by key */
	const ids = {};
	/** @type {[string, string, () => string | Promise<string>][]} */
	const tables = [
		['flights', 'Flights 2001', flightsCsv],
		['weather', 'Seattle weather', weatherCsv],
		['movies', 'Films', moviesCsv],
	];
	for (const [key, name, makeCsv] of tables) {
		const existing = await findByName(api, '/datasets', name);
		if (existing && existing.status !== 'failed') {
			ids[key] = existing.dataset_id;
			continue;
		}
		say(`Importing ${name}`);
		const csv = await makeCsv();
		await sleep(10); // making it held the only thread: this lets it see the connections that the server closed meanwhile
		const form = new FormData();
		form.set('name', name);
		form.set('file', new Blob([csv], { type: 'text/csv' }), `${key}.csv`);
		ids[key] = (await api('POST', '/datasets', form)).dataset_id;
	}
	return ids;
}

/** How long its first run may take, and how often it is asked about. */
const RUN_MS = 60_000;
const ASK_EVERY_MS = 250;

/** Writes the sample transform and has it make its dataset. @param {Api} api @param {string} datasetId */
async function runTransform(api, datasetId) {
	const { key, name, schedule } = TRANSFORM;
	const code = readFileSync(new URL(`./sample/transforms/${key}.py`, import.meta.url), 'utf8');
	const fields = { name, input_dataset_ids: [datasetId], code, schedule };
	const found = (await findByName(api, '/transforms', name)) ?? (await api('POST', '/transforms', fields));
	const path = `/transforms/${found.transform_id}`;
	if (!found.last_run) await api('POST', `${path}/execute`);
	for (const deadline = Date.now() + RUN_MS; Date.now() < deadline; await sleep(ASK_EVERY_MS)) {
		if ((await api('GET', path)).last_run.status !== 'running') return;
	}
}

/** @param {Api} api @param {Record<string, string>} datasets */
async function createCards(api, datasets) {
	const placed = [];
	for (const { key, name, dataset, params = {}, at } of CARDS) {
		const code = readFileSync(new URL(`./sample/cards/${key}.py`, import.meta.url), 'utf8');
		const fields = { name, dataset_id: datasets[dataset], code, params };
		const card = (await findByName(api, '/cards', name)) ?? (await api('POST', '/cards', fields));
		const [x, y, w, h] = at;
		placed.push({ card_id: card.card_id, x, y, w, h });
	}
	return placed;
}

/** @param {Api} api @param {string} password */
async function viewerAccount(api, password) {
	const found = (await api('GET', `/users?q=${encodeURIComponent(VIEWER.email)}`)).find(
		(/** @type {any} */ one) => one.email === VIEWER.email,
	);
	if (found) return { userId: found.user_id, isNew: false };
	const made = await api('POST', '/users', { ...VIEWER, password });
	return { userId: made.user_id, isNew: true };
}
