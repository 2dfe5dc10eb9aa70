// Transforms, as their owners meet them: written, previewed, saved, run, scheduled; failed, told of, mended; cancelled.
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { axeFindings } from './axe';
import { importOrders, newPerson, run, type Person } from './dashboards';
import { orders, sumOf } from './orders';
import { hydrated, pageOf } from './people';

const product = inject('product');
const SUMS = `Sums ${run}`;
const ORDERS = `orders_${run}`;
const BY_REGION = `def transform(inputs, params):
    orders = inputs["${ORDERS}"]
    print(len(orders), "orders")
    return orders.groupby("region", as_index=False)["amount"].sum()
`;
const FAILING = `def transform(inputs, params):
    print("so far, so good")
    return inputs["${ORDERS}"]["amuont"]
`;

let browser: Browser;
let person: Person;
let datasetId: string;

beforeAll(async () => {
	person = await newPerson(product, 'tara');
	datasetId = await importOrders(person);
	browser = await launchChromium();
});
afterAll(() => browser?.close());

async function open(path: string, options?: BrowserContextOptions): Promise<Page> {
	const page = await pageOf(browser, product.url, person, { reducedMotion: 'reduce', ...options });
	await page.goto(product.url + path);
	await hydrated(page);
	return page;
}

async function make(name: string, code: string, more: object = {}): Promise<string> {
	const fields = { name, code, input_dataset_ids: [datasetId], ...more };
	return (await person.api('POST', '/transforms', fields)).transform_id;
}

const code = (page: Page) => page.getByRole('textbox', { name: 'Code' });
const resultRows = (page: Page) => page.getByRole('table', { name: 'Rows' }).locator('tbody tr');
const runs = (page: Page) => page.getByRole('table', { name: 'Runs' }).locator('tbody tr');
/** Of the newest run; while it goes on they may be open already. */
async function openDetails(page: Page): Promise<void> {
	const button = page.getByRole('button', { name: /^Details of the run/ }).first();
	if ((await button.getAttribute('aria-expanded')) === 'false') await button.click();
}
const runNow = (page: Page) => page.getByRole('button', { name: 'Run now' }).click();

describe('a new transform', () => {
	let page: Page;
	beforeAll(async () => {
		page = await open('/transforms');
	});
	afterAll(() => page?.context().close());

	test('begins with code that runs at once on the input that was chosen', async () => {
		await page.getByRole('heading', { name: 'No transforms yet' }).waitFor();
		await page.getByRole('main').getByRole('link', { name: 'New transform' }).last().click();
		await page.getByRole('button', { name: 'Add dataset' }).click();
		await page.getByRole('dialog').getByRole('button', { name: ORDERS, exact: true }).click();
		await page.getByText(`inputs["${ORDERS}"]`, { exact: true }).first().waitFor();
		await expect.poll(() => code(page).innerText()).toContain(`inputs["${ORDERS}"]`);
		await page.getByRole('button', { name: 'Preview' }).click();
		await expect.poll(() => resultRows(page).count()).toBe(3);
		await page.getByText('3 rows · 4 columns').waitFor();
	});

	test('is previewed by Ctrl+Enter, with what it printed, and saves nothing by that', async () => {
		await code(page).fill(BY_REGION);
		await page.keyboard.press('Control+Enter');
		await page.getByText('3 rows · 2 columns').waitFor();
		await page.getByRole('tab', { name: 'Output' }).click();
		await page.getByText('600 orders').waitFor();
		const north = sumOf(orders.filter(({ region }) => region === 'North'));
		await resultRows(page).filter({ hasText: 'North' }).getByTitle(String(north), { exact: true }).waitFor();
		expect(await person.api('GET', '/transforms')).toEqual([]);
	});

	test('is given a name when Ctrl+S saves it', async () => {
		await page.keyboard.press('Control+s');
		const dialog = page.getByRole('dialog', { name: 'Name the transform' });
		await dialog.getByRole('textbox', { name: 'Name' }).fill(SUMS);
		await page.keyboard.press('Enter');
		await page.waitForURL(/\/transforms\/tf_\w+$/);
		await page.getByText('No runs yet. Run now stores the result as a dataset.').waitFor();
	});

	test('runs, and its result is a dataset that leads back to it', async () => {
		await runNow(page);
		await runs(page).filter({ hasText: 'Succeeded' }).filter({ hasText: 'Manual' }).waitFor();
		await page.getByRole('complementary', { name: 'Settings' }).getByRole('link', { name: SUMS }).click();
		await page.waitForURL(/\/datasets\/ds_\w+$/);
		await page.getByRole('heading', { name: 'Made by' }).waitFor();
		await page.getByRole('tab', { name: 'Rows' }).click();
		await expect.poll(() => resultRows(page).count()).toBe(3);
		await page.getByRole('complementary').getByRole('link', { name: SUMS }).click();
		await page.waitForURL(/\/transforms\/tf_\w+$/);
	});

	test('is scheduled in words, with the next three times of its zone', async () => {
		await page.getByLabel('Runs', { exact: true }).selectOption('Every day');
		await page.getByLabel('At', { exact: true }).fill('06:30');
		await page.getByLabel('Time zone').selectOption('Asia/Tokyo');
		await page.getByText('Every day at 06:30').waitFor();
		const next = page.getByRole('heading', { name: 'Next runs' }).locator('+ ol > li');
		await expect.poll(() => next.allInnerTexts()).toEqual(Array(3).fill(expect.stringMatching(/, 06:30$/)));
		await page.getByRole('button', { name: 'Save' }).click();
		await page.getByText('Not saved').waitFor({ state: 'detached' });
		expect(await person.api('GET', '/transforms')).toMatchObject([{ schedule: '30 6 * * *', time_zone: 'Asia/Tokyo' }]);
		await page.getByRole('navigation').getByRole('link', { name: 'Transforms' }).click();
		const row = page.getByRole('row', { name: new RegExp(SUMS) });
		for (const said of ['Every day at 06:30', 'Asia/Tokyo', 'Succeeded', '3 rows', ORDERS])
			await row.getByText(said).first().waitFor();
	});
});

test('an input whose name is misspelt is offered, and one click mends it', async () => {
	const transformId = await make(`Inputs ${run}`, BY_REGION.replace('inputs["orders', 'inputs["ordrs'));
	const page = await open(`/transforms/${transformId}`);
	await page.getByRole('button', { name: `Replace with ${ORDERS}` }).click();
	await page.getByText('3 rows · 2 columns').waitFor();
	await page.context().close();
});

test('numbers are shown as one reads them, and copied whole', async () => {
	const long = 'def transform(inputs, params):\n    return pd.DataFrame({"name": ["x"], "share": [0.1 + 0.2]})\n';
	const page = await open(`/transforms/${await make(`Long ${run}`, long)}`);
	await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
	await resultRows(page).getByRole('cell', { name: '0.3', exact: true }).waitFor();
	expect(await copied(page, resultRows(page))).toBe('x\t0.30000000000000004');
	expect(await copied(page, resultRows(page).getByRole('cell').last())).toBe('0.30000000000000004');
	await page.context().close();
});

/** What Ctrl+C takes along of an element. */
async function copied(page: Page, what: Locator): Promise<string> {
	await what.evaluate((element) => getSelection()?.selectAllChildren(element));
	await page.keyboard.press('Control+c');
	return page.evaluate(() => navigator.clipboard.readText());
}

test('rows beyond the first 10,000 of an input are said to be left out of a preview', async () => {
	const form = new FormData();
	const rows = Array.from({ length: 12_000 }, (_, id) => `${id},${id % 7}`);
	form.set('name', `many_${run}`);
	form.set('file', new Blob([['id,day', ...rows].join('\n')], { type: 'text/csv' }), 'many.csv');
	const many = (await person.api('POST', '/datasets', form)).dataset_id;
	const page = await open(`/transforms/new?dataset=${many}`);
	await code(page).fill(`def transform(inputs, params):\n    return inputs["many_${run}"]\n`);
	await page.getByRole('button', { name: 'Preview' }).click();
	await page.getByText('From the first 10,000 rows of each input').waitFor();
	await page.getByText('10,000 rows · 2 columns · first 100 shown').waitFor();
	await page.context().close();
});

describe('a transform that fails', () => {
	let transformId: string;
	let page: Page;
	const name = `Misspelt ${run}`;
	beforeAll(async () => {
		transformId = await make(name, FAILING);
		page = await open(`/transforms/${transformId}`);
	});
	afterAll(() => page?.context().close());

	test('marks its line in the preview and offers the word that is meant', async () => {
		await page.getByRole('button', { name: 'line 3' }).waitFor();
		await page.locator('.cm-lint-marker-error').waitFor();
		await page.getByRole('button', { name: 'Replace with amount' }).waitFor();
	});

	test('says in its history what happened, and leads to the line', async () => {
		await page.getByRole('tab', { name: 'Runs' }).click();
		await runNow(page);
		await runs(page).filter({ hasText: 'Failed' }).filter({ hasText: "KeyError: 'amuont'" }).waitFor();
		await page.getByRole('log', { name: 'Printed' }).getByText('so far, so good').waitFor();
		await page.getByText('Traceback', { exact: true }).click();
		await page.getByRole('region', { name: 'Traceback' }).getByText('transform.py').waitFor();
		await page.getByRole('button', { name: 'line 3 of the code' }).click();
		await expect.poll(() => page.locator('.cm-activeLine').innerText()).toContain('amuont');
	});

	test('is told of in the sidebar and on the start page, until a run succeeds', async () => {
		const link = page.getByRole('navigation').getByRole('link', { name: /^Transforms/ });
		await expect.poll(() => link.innerText()).toContain('1 failed transform');
		await page.goto(product.url);
		await page.getByText('A transform of yours failed in its last run').waitFor();
		await page.getByRole('main').getByRole('link', { name }).click();
		await page.waitForURL(`${product.url}/transforms/${transformId}`);
		await hydrated(page);
		await code(page).fill(BY_REGION);
		await runNow(page);
		await runs(page).filter({ hasText: 'Succeeded' }).waitFor();
		await expect.poll(() => link.innerText()).toBe('Transforms');
		await page.goto(product.url);
		await hydrated(page);
		expect(await page.getByText('failed in its last run').count()).toBe(0);
	});
});

test('a run that goes on says its step, and ends when it is cancelled; a preview that takes as long says what its limit is', async () => {
	const slow = await make(`Slow ${run}`, 'import time\ndef transform(inputs, params):\n    time.sleep(60)\n');
	const page = await open(`/transforms/${slow}`);
	await page.getByRole('tab', { name: 'Runs' }).click();
	await runNow(page);
	await runs(page).getByText('Running the code').first().waitFor();
	await page.getByRole('button', { name: 'Cancel run' }).first().click();
	await runs(page).filter({ hasText: 'Cancelled' }).waitFor();
	expect(await person.api('GET', `/transforms/${slow}/executions`)).toMatchObject([{ status: 'cancelled' }]);
	await page.getByText('The preview took longer than 10 s and was stopped.').first().waitFor();
	await page.context().close();
});

test('work is not lost: leaving asks, and what somebody else saved is not overwritten unasked', async () => {
	const id = await make(`Shared work ${run}`, BY_REGION);
	const page = await open(`/transforms/${id}`);
	await code(page).fill(`# mine\n${BY_REGION}`);
	const asked = page.waitForEvent('dialog').then((dialog) => (dialog.dismiss(), dialog.message()));
	await page.getByRole('navigation').getByRole('link', { name: 'Cards' }).click();
	expect(await asked).toContain('changes that are not saved');
	expect(page.url()).toContain(id);
	await person.api('PUT', `/transforms/${id}`, { code: `# theirs\n${BY_REGION}` });
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Somebody else saved this transform in the meantime').waitFor();
	expect((await person.api('GET', `/transforms/${id}`)).code).toContain('# theirs');
	await page.getByRole('button', { name: 'Save over theirs' }).click();
	await page.getByText('Not saved').waitFor({ state: 'detached' });
	expect((await person.api('GET', `/transforms/${id}`)).code).toContain('# mine');
	await page.context().close();
});

test('inputs that lead back to its own output are refused with the way they go', async () => {
	const first = await make(`First ${run}`, BY_REGION);
	await person.api('POST', `/transforms/${first}/execute`);
	const output = () => person.api('GET', `/transforms/${first}`).then((one) => one.output_dataset_id);
	await expect.poll(output, { timeout: 30_000 }).not.toBeNull();
	const page = await open(`/transforms/${first}`);
	await page.getByRole('button', { name: 'Add dataset' }).click();
	await page
		.getByRole('dialog')
		.getByRole('button', { name: `First ${run}`, exact: true })
		.click();
	await page.getByText(`inputs["First ${run}"]`).waitFor();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText(`First ${run} → First ${run}`).waitFor();
	await page.context().close();
});

test('other schedules read well in both languages, and one that never comes says so', async () => {
	const id = await make(`Words ${run}`, BY_REGION, { schedule: '*/10 8-18 * * 1-5', time_zone: 'Europe/Berlin' });
	const page = await open(`/transforms/${id}`);
	await page.getByText('Every 10 minutes, between 08:00 and 18:59, Monday through Friday').waitFor();
	await page.getByLabel('Cron line').fill('0 6 30 2 *');
	await page.getByText('That day never comes.').waitFor();
	const japanese = await open(`/transforms/${id}`, { locale: 'ja-JP' });
	await japanese.getByText('10 分ごと').waitFor();
	await japanese.getByLabel('cron 式').fill('0 6 * *');
	await japanese.getByText('分、時、日、月、曜日の 5 つの項目が必要です。').waitFor();
	await japanese.getByLabel('実行のタイミング').selectOption('monthly');
	await japanese.getByText('毎月 1 日の 06:00').waitFor();
	for (const one of [page, japanese]) await one.context().close();
});

describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
	test.each([1280, 390])('at %i px its runs and settings are accessible and nothing sticks out', async (width) => {
		const id = await make(`Looks ${width} ${colorScheme} ${run}`, FAILING, { schedule: '0 6 * * 1-5' });
		await person.api('POST', `/transforms/${id}/execute`);
		const page = await open(`/transforms/${id}`, { colorScheme, viewport: { width, height: 844 } });
		await page.getByRole('button', { name: 'line 3' }).waitFor();
		await page.getByRole('tab', { name: 'Runs' }).click();
		await runs(page).filter({ hasText: 'Failed' }).first().waitFor();
		await openDetails(page);
		expect(await axeFindings(page)).toEqual([]);
		if (width === 390) await page.getByRole('tab', { name: 'Settings' }).click();
		await page.getByText('Monday to Friday at 06:00').waitFor();
		expect(await axeFindings(page)).toEqual([]);
		expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
		await page.context().close();
	});
});
