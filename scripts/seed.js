// @ts-check
// Fills a new installation with the sample tables, cards and dashboard, through the product's own REST API as its admin.
// Does nothing where the sample dashboard is there already. Knows nothing of tables, buckets or processes.
import { readFileSync } from 'node:fs';
import { logIn } from './lib/rest.js';
import { flightsCsv, moviesCsv, weatherCsv } from './sample/data.js';
import { CARDS, DASHBOARD, FILTERS } from './sample/dashboard.js';

const VIEWER = { email: 'viewer@example.com', name: 'Vera Viewer' };

/**
 * @param {{ url: string, email: string, password: string, viewerPassword: string, say?: (line: string) => void }} options
 * @returns {Promise<{ dashboardId: string, viewer: { email: string, password: string } | null, created: boolean }>}
 *   viewer: null when that account was there before, since its password may have changed.
 */
export async function seed({ url, email, password, viewerPassword, say = () => {} }) {
	const { api } = await logIn(url, { email, password });

	const found = (await api('GET', `/dashboards?q=${encodeURIComponent(DASHBOARD.name)}`)).find(
		(/** @type {any} */ one) => one.name === DASHBOARD.name,
	);
	if (found) return { dashboardId: found.dashboard_id, viewer: null, created: false };

	const datasets = await importTables(api, say);
	say('Writing the sample cards and dashboard');
	const layout = { cards: await createCards(api, datasets), columns: 12, row_height: 100 };
	const dashboard = await api('POST', '/dashboards', { ...DASHBOARD, layout, filters: FILTERS });
	const viewer = await viewerAccount(api, viewerPassword);
	await api('POST', `/dashboards/${dashboard.dashboard_id}/shares`, {
		shared_to_type: 'user',
		shared_to_id: viewer.userId,
		permission: 'viewer',
	});
	return {
		dashboardId: dashboard.dashboard_id,
		viewer: viewer.isNew ? { email: VIEWER.email, password: viewerPassword } : null,
		created: true,
	};
}

/** @typedef {import('./lib/rest.js').Api} Api */

/** @param {Api} api @param {(line: string) => void} say */
async function importTables(api, say) {
	/** @type {Record<string, string>} dataset id by key */
	const ids = {};
	/** @type {[string, string, string][]} */
	const tables = [
		['flights', 'Flights 2001', await flightsCsv()],
		['weather', 'Seattle weather', weatherCsv()],
		['movies', 'Films', moviesCsv()],
	];
	for (const [key, name, csv] of tables) {
		const existing = (await api('GET', `/datasets?q=${encodeURIComponent(name)}`)).find(
			(/** @type {any} */ one) => one.name === name && one.status === 'ready',
		);
		if (existing) {
			ids[key] = existing.dataset_id;
			continue;
		}
		say(`Importing ${name}`);
		const form = new FormData();
		form.set('name', name);
		form.set('file', new Blob([csv], { type: 'text/csv' }), `${key}.csv`);
		ids[key] = (await api('POST', '/datasets', form)).dataset_id;
	}
	return ids;
}

/** @param {Api} api @param {Record<string, string>} datasets */
async function createCards(api, datasets) {
	const placed = [];
	for (const { key, name, dataset, params = {}, at } of CARDS) {
		const code = readFileSync(new URL(`./sample/cards/${key}.py`, import.meta.url), 'utf8');
		const card = await api('POST', '/cards', { name, dataset_id: datasets[dataset], code, params });
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
