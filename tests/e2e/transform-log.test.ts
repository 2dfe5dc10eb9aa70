// What a transform prints, as whoever waits for its run meets it: line by line, in its place, and still there after they cancelled it.
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { axeFindings } from './axe';
import { newPerson, run, type Person } from './dashboards';
import { hydrated, pageOf } from './people';

const product = inject('product');
const COUNTING = `import time
def transform(inputs, params):
    print("Reading what is new")
    for n in range(600):
        print(f"{n:4} of 600 files")
        time.sleep(.2)
`;

let browser: Browser;
let person: Person;

beforeAll(async () => {
	person = await newPerson(product, 'lena');
	browser = await launchChromium();
});
afterAll(async () => {
	await end();
	await browser?.close();
});

const log = (page: Page) => page.getByRole('log', { name: 'Printed' });
const boxOf = (page: Page) => log(page).boundingBox();
const isAtItsEnd = (page: Page) =>
	log(page).evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight < 2 && box.scrollTop > 0);
const linesOf = async (page: Page) => (await log(page).innerText()).trimEnd().split('\n').length;

const begun: string[] = [];
/** Ends all runs: there is one place for them. */
async function end(): Promise<void> {
	for (const id of begun.splice(0)) await person.api('DELETE', `/transforms/${id}`);
}

/** The page of a new transform, at its runs; one goes on, and no other. */
async function running(name: string, options: BrowserContextOptions = {}): Promise<Page> {
	await end();
	const fields = { name: `${name} ${run}`, code: COUNTING, input_dataset_ids: [] };
	const id = (await person.api('POST', '/transforms', fields)).transform_id;
	begun.push(id);
	const page = await pageOf(browser, product.url, person, { reducedMotion: 'reduce', ...options });
	await page.goto(`${product.url}/transforms/${id}`);
	await hydrated(page);
	await page.getByRole('tab', { name: /^Runs|^実行/ }).click();
	await page.getByRole('button', { name: /^Run now|^今すぐ実行/ }).click();
	return page;
}

describe('a run that was begun here', () => {
	let page: Page;
	beforeAll(async () => {
		page = await running('Counting');
	});
	afterAll(() => page?.context().close());

	test('shows what it prints before it is over, and says meanwhile that there is nothing yet', async () => {
		await log(page).getByText('Nothing printed yet.').waitFor();
		const before = await boxOf(page);
		await log(page).getByText('Reading what is new').waitFor();
		await page.getByRole('table', { name: 'Runs' }).getByText('Running', { exact: true }).waitFor();
		expect(await log(page).innerText()).not.toContain('Nothing printed yet.');
		expect(await boxOf(page)).toEqual(before);
	});

	test('moves nothing as it prints, and stays at the end for whoever reads there', async () => {
		const before = await boxOf(page);
		await expect.poll(() => linesOf(page), { timeout: 30_000 }).toBeGreaterThan(20);
		expect(await boxOf(page)).toEqual(before);
		expect(await isAtItsEnd(page)).toBe(true);
	});

	test('is not left for what the preview finds meanwhile', async () => {
		await page.getByRole('tab', { name: 'Problems 1' }).waitFor();
		expect(await page.getByRole('tab', { name: 'Runs' }).getAttribute('aria-selected')).toBe('true');
	});

	test('leaves whoever reads further up where they are, with what they selected', async () => {
		await log(page).evaluate((box) => {
			box.scrollTop = 0;
			getSelection()!.selectAllChildren(box);
		});
		const selected = () => page.evaluate(() => getSelection()!.toString());
		const [before, had] = [await linesOf(page), await selected()];
		await expect.poll(() => linesOf(page), { timeout: 30_000 }).toBeGreaterThan(before + 10);
		expect(await log(page).evaluate((box) => box.scrollTop)).toBe(0);
		expect(await selected()).toContain(had.trimEnd());
		await log(page).evaluate((box) => (box.scrollTop = box.scrollHeight));
		const later = await linesOf(page);
		await expect.poll(() => linesOf(page), { timeout: 30_000 }).toBeGreaterThan(later);
		await expect.poll(() => isAtItsEnd(page)).toBe(true);
	});

	test('is read by a screen reader where it is asked to, and shouts no line', async () => {
		expect(await log(page).getAttribute('aria-live')).toBe('off');
		await log(page).focus();
		expect(await axeFindings(page)).toEqual([]);
	});

	test('keeps in its place what it printed when it is cancelled, also for who comes later', async () => {
		const [before, place] = [await log(page).innerText(), await boxOf(page)];
		await page.getByRole('button', { name: 'Cancel run' }).first().click();
		await page.getByRole('table', { name: 'Runs' }).getByText('Cancelled', { exact: true }).waitFor();
		expect((await log(page).innerText()).startsWith(before.trimEnd())).toBe(true);
		expect((await boxOf(page))!.height).toBe(place!.height);
		await page.reload();
		await hydrated(page);
		await page.getByRole('button', { name: /^Details of the run/ }).click();
		expect((await log(page).innerText()).startsWith(before.trimEnd())).toBe(true);
	});
});

test.each(['light', 'dark'] as const)('%s, on a phone too, it is accessible and in the page', async (colorScheme) => {
	for (const width of [1280, 390]) {
		const page = await running(`Looks ${width} ${colorScheme}`, { colorScheme, viewport: { width, height: 844 } });
		await log(page).getByText('of 600 files').waitFor();
		expect(await axeFindings(page)).toEqual([]);
		const { y, height } = (await boxOf(page))!;
		expect(y + height).toBeLessThanOrEqual(844);
		await page.context().close();
	}
});

test('the words around it are Japanese for who reads that', async () => {
	const page = await running('数える', { locale: 'ja-JP' });
	await page.getByRole('log', { name: '出力' }).getByText('まだ出力はありません。').waitFor();
	await page.getByRole('log', { name: '出力' }).getByText('Reading what is new').waitFor();
	await page.context().close();
});
