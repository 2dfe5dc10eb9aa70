// An owner says in the browser which rows somebody sees; that person's dashboard then shows those and no others.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logIn, type Api } from '../../scripts/lib/rest.js';
import { launchChromium } from '../harness/chromium';
import { expectCard, hydrated, logInAs, pageOf } from './people';

const product = inject('product');
const run = Date.now().toString(36);
const vera = { email: `vera-${run}@example.com`, name: `Vera ${run}`, password: 'Viewer-password-1' };
const CODE = 'def render(dataset, filters, params):\n    return f"<p>{int(dataset[\'amount\'].sum())}</p>"\n';

let browser: Browser;
let api: Api;
let owner: Page;
let viewer: Page;
let datasetId: string;
let dashboardId: string;

beforeAll(async () => {
	api = (await logIn(product.url, product.admin)).api;
	const { user_id } = await api('POST', '/users', vera);
	const form = new FormData();
	form.set('name', `Regions ${run}`);
	form.set('file', new Blob(['region,amount\nAPAC,1\nEMEA,2\nLATAM,4\n'], { type: 'text/csv' }), 'regions.csv');
	datasetId = (await api('POST', '/datasets', form)).dataset_id;
	const { card_id } = await api('POST', '/cards', { name: 'Sum', dataset_id: datasetId, code: CODE });
	const layout = { cards: [{ card_id, x: 0, y: 0, w: 6, h: 2 }] };
	dashboardId = (await api('POST', '/dashboards', { name: `Regions ${run}`, layout })).dashboard_id;
	const share = { shared_to_type: 'user', shared_to_id: user_id, permission: 'viewer' };
	await api('POST', `/dashboards/${dashboardId}/shares`, share);
	browser = await launchChromium();
	owner = await logInAs(browser, product.url, product.admin);
	viewer = await pageOf(browser, product.url, await logIn(product.url, vera));
}, 120_000);
afterAll(() => browser?.close());

test('before, everybody sees the sum of all rows', async () => {
	await viewer.goto(`${product.url}/dashboards/${dashboardId}`);
	await expectCard(viewer, 'Sum', '7');
});

test('the owner names a person and the values whose rows they see', async () => {
	await owner.goto(`${product.url}/datasets/${datasetId}`);
	await hydrated(owner);
	await owner.getByRole('button', { name: 'More', exact: true }).click();
	await owner.getByRole('menuitem', { name: 'Who sees which rows' }).click();
	const dialog = owner.getByRole('dialog');
	await dialog.getByLabel('Limit by a column').selectOption('region');
	await dialog.getByRole('combobox', { name: /people or groups/ }).fill(vera.name);
	await dialog.getByRole('option', { name: vera.name }).click();
	expect(await dialog.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true);
	await dialog.getByRole('button', { name: /choose values/ }).click();
	await owner.getByRole('checkbox', { name: /APAC/ }).check();
	await owner.getByRole('checkbox', { name: /LATAM/ }).check();
	await owner.keyboard.press('Escape');
	await dialog.getByRole('button', { name: 'Save' }).click();
	await dialog.waitFor({ state: 'hidden' });
});

test('that person sees those rows, the owner sees all', async () => {
	await viewer.reload();
	await expectCard(viewer, 'Sum', '5');
	await owner.goto(`${product.url}/dashboards/${dashboardId}`);
	await expectCard(owner, 'Sum', '7');
});
