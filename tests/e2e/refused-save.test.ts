// A save that an editor refuses: where it says so, and until when.
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { newPerson, run, type Person } from './dashboards';
import { hydrated, pageOf } from './people';

const CODE = 'def transform(inputs, params):\n    return pd.DataFrame({"n": [1]})\n';

const product = inject('product');
let browser: Browser;
let person: Person;

beforeAll(async () => {
	person = await newPerson(product, 'rita');
	browser = await launchChromium();
});
afterAll(() => browser?.close());

test.each([1280, 390])('at %i px it leads to what is marked, and says no more once that is changed', async (width) => {
	const made = { name: `Refused ${width} ${run}`, code: CODE, input_dataset_ids: [], schedule: '0 6 30 3 *' };
	const { transform_id: id } = await person.api('POST', '/transforms', made);
	const page = await pageOf(browser, product.url, person, {
		reducedMotion: 'reduce',
		viewport: { width, height: 600 },
	});
	await page.goto(`${product.url}/transforms/${id}`);
	await hydrated(page);
	const marked = page.getByLabel('Cron line');
	if (width === 390) await page.getByRole('tab', { name: 'Settings' }).click();
	await marked.fill('0 6 30 2 *');
	await page.getByText('That day never comes.').waitFor();
	await page.locator('#pane-settings').evaluate((pane) => pane.scrollTo(0, 0));
	if (width === 390) await page.getByRole('tab', { name: 'Code' }).click();
	await page.getByRole('button', { name: 'Save' }).click();
	const note = page.getByText('Not saved: see the fields that are marked.');
	await note.waitFor();
	await marked.waitFor();
	const isInSight = (field: Element) =>
		new Promise((tell) => new IntersectionObserver(([seen]) => tell(seen?.isIntersecting)).observe(field));
	await expect.poll(() => marked.evaluate(isInSight)).toBe(true);
	await marked.fill('0 6 28 2 *');
	await note.waitFor({ state: 'detached' });
	await page.context().close();
});
