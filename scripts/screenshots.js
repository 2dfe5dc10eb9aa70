// @ts-check
// `npm run screenshots [-- name…]`: pictures of every page with the sample data, in both themes, wide and on a phone, under
// docs/screenshots. Runs a product of its own, so that it neither needs nor touches yours.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureNode, ensurePackages } from './lib/setup/node-packages.js';
import { root } from './lib/paths.js';
import { runCommand } from './lib/problem.js';
import { step } from './lib/progress.js';
import { ensurePython } from './lib/setup/python.js';

const SIZES = { wide: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };
const THEMES = /** @type {const} */ (['light', 'dark']);
const DRAWN_WITHIN_MS = 20_000;

/** @typedef {import('playwright-core').Page} Page */
/** @typedef {{ name: string, path: string, anonymous?: boolean, prepare?: (page: Page) => Promise<unknown> }} Shot */

await runCommand(async () => {
	await ensurePackages();
	await ensureNode();
	await ensurePython();
	const [{ readSettings }, { startStack }, { seed }, { logIn }] = await Promise.all([
		import('./lib/settings.js'),
		import('./lib/stack.js'),
		import('./seed.js'),
		import('./lib/rest.js'),
	]);
	const dataDir = mkdtempSync(join(tmpdir(), 'cardinal-screenshots-'));
	const { PATH, HOME, LANG } = process.env;
	const stack = await startStack(readSettings({ PATH, HOME, LANG, PORT: '0', DATA_DIR: dataDir }), { step });
	try {
		await step('Making sample data', () =>
			seed({ url: stack.url, ...stack.admin, viewerPassword: 'Viewer-password-1' }),
		);
		const { api, token } = await logIn(stack.url, stack.admin);
		const shots = await listShots(api);
		await takeAll(stack.url, token, shots.filter(isWanted));
	} finally {
		await stack.stop();
		rmSync(dataDir, { recursive: true, force: true });
	}
});

/** @param {Shot} shot */
function isWanted({ name }) {
	const names = process.argv.slice(2);
	return names.length === 0 || names.includes(name);
}

/** @param {import('./lib/rest.js').Api} api @returns {Promise<Shot[]>} */
async function listShots(api) {
	const [dashboard] = await api('GET', '/dashboards');
	const datasets = await api('GET', '/datasets');
	const cards = await api('GET', '/cards');
	const [transform] = await api('GET', '/transforms');
	const flights = datasets.find((/** @type {any} */ one) => one.name.startsWith('Flights'));
	const card = cards.find((/** @type {any} */ one) => one.name === 'Busiest routes');
	const path = `/dashboards/${dashboard.dashboard_id}`;
	return [
		{ name: 'login', path: '/login', anonymous: true },
		{ name: 'home', path: '/' },
		{ name: 'dashboards', path: '/dashboards' },
		{ name: 'dashboard', path, prepare: drawn },
		{ name: 'dashboard-filter', path: `${path}?f.state=CA&f.state=TX`, prepare: (page) => open(page, /^From/) },
		{ name: 'dashboard-views', path: `${path}?f.state=CA`, prepare: (page) => open(page, /^Views?/) },
		{ name: 'dashboard-edit', path: `${path}/edit`, prepare: drawn },
		{ name: 'share', path, prepare: share },
		{ name: 'datasets', path: '/datasets' },
		{ name: 'dataset', path: `/datasets/${flights.dataset_id}`, prepare: drawn },
		{ name: 'import', path: '/datasets/new', prepare: chooseFile },
		{ name: 'cards', path: '/cards' },
		{ name: 'card-editor', path: `/cards/${card.card_id}`, prepare: drawn },
		{ name: 'transforms', path: '/transforms' },
		{ name: 'transform', path: `/transforms/${transform.transform_id}`, prepare: drawn },
		{ name: 'users', path: '/users' },
		{ name: 'groups', path: '/groups' },
		{ name: 'settings', path: '/settings' },
		{ name: 'audit', path: '/audit' },
		{ name: 'api-docs', path: '/api/docs', prepare: (page) => page.locator('.opblock').first().waitFor() },
	];
}

/** @param {string} url @param {string} token @param {Shot[]} shots */
async function takeAll(url, token, shots) {
	const [{ chromium }, { findChromium }] = await Promise.all([
		import('playwright-core'),
		import('./lib/setup/chromium.js'),
	]);
	const folder = join(root, 'docs/screenshots');
	mkdirSync(folder, { recursive: true });
	const browser = await chromium.launch(await findChromium());
	try {
		for (const [size, viewport] of Object.entries(SIZES))
			for (const colorScheme of THEMES) {
				const context = await browser.newContext({ viewport, colorScheme, locale: 'en-US', reducedMotion: 'reduce' });
				// A page shows its font once it is in the browser's cache.
				await (await context.newPage()).goto(`${url}/login`, { waitUntil: 'networkidle' });
				for (const shot of shots) {
					const file = `${shot.name}-${size === 'phone' ? 'phone-' : ''}${colorScheme}.png`;
					await context.clearCookies();
					if (!shot.anonymous) await context.addCookies([{ name: 'cardinal_session', value: token, url }]);
					await step(`Taking ${file}`, () => take(context, url, shot, join(folder, file)));
				}
				await context.close();
			}
	} finally {
		await browser.close();
	}
}

/** @param {import('playwright-core').BrowserContext} context @param {string} url @param {Shot} shot @param {string} file */
async function take(context, url, { path, prepare }, file) {
	const page = await context.newPage();
	await page.goto(url + path);
	await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
	await prepare?.(page);
	await page.waitForTimeout(500);
	await page.screenshot({ path: file });
	await page.close();
}

/** Waits until nothing on the page is on its way. @param {Page} page */
async function drawn(page) {
	await page.waitForLoadState('networkidle');
	await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]'), undefined, {
		timeout: DRAWN_WITHIN_MS,
	});
	await page.waitForTimeout(2500); // figures draw inside their frames
}

/** @param {Page} page @param {string | RegExp} button */
async function open(page, button) {
	await drawn(page);
	const target = page.getByRole('button', { name: button }).first();
	if (await target.isVisible()) await target.click();
	await page.waitForTimeout(800);
}

/** By its button, or on a phone by the page's menu. @param {Page} page */
async function share(page) {
	await drawn(page);
	const button = page.getByRole('button', { name: 'Share', exact: true });
	if (!(await button.isVisible())) await page.getByRole('button', { name: 'More', exact: true }).click();
	await button
		.or(page.getByRole('menuitem', { name: 'Share', exact: true }))
		.filter({ visible: true })
		.click();
	await page.getByRole('dialog').waitFor();
}

/** @param {Page} page */
async function chooseFile(page) {
	const rows = Array.from(
		{ length: 200 },
		(_, i) =>
			`${String(i).padStart(4, '0')},2024-0${1 + (i % 9)}-15,${['North', 'South', 'East'][i % 3]},${(i * 37) % 101},${(i % 7) / 2}`,
	);
	const csv = ['order_no,day,region,units,price', ...rows].join('\n');
	await page
		.locator('input[type=file]')
		.setInputFiles({ name: 'orders.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) });
	await page.getByRole('button', { name: 'Type of day: date' }).waitFor();
	await page.waitForTimeout(1000);
}
