// What a person reads when something is refused: a wrong log-in, an address that is not theirs, a file that is no table. Nothing is stored.
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { launchChromium } from '../harness/chromium';
import { importOrders, makeDashboard, newPerson, type Person, run } from './dashboards';
import { hydrated, pageOf } from './people';

const product = inject('product');
/** An 8 × 8 picture's beginning: the signature and the first chunk of every PNG. */
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452000000080000000808060000', 'hex');

let browser: Browser;
let folder: string;
let person: Person;

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'cardinal-refusals-'));
	person = await newPerson(product, 'rita');
	browser = await launchChromium();
});
afterAll(async () => {
	await browser?.close();
	rmSync(folder, { recursive: true, force: true });
});

describe('logging in', () => {
	let page: Page;
	const submit = async (email: string, password: string) => {
		await page.getByLabel('Email').fill(email);
		await page.getByLabel('Password', { exact: true }).fill(password);
		await page.getByRole('button', { name: 'Log in' }).click();
	};
	beforeAll(async () => {
		page = await pageOf(browser, product.url, { token: 'none' });
		await page.goto(`${product.url}/login`);
		await hydrated(page);
	});
	afterAll(() => page?.context().close());

	test('a wrong password and an unknown address read the same', async () => {
		for (const email of [`nobody-${run}@example.com`, person.email]) {
			await submit(email, 'Wrong-password-1');
			await page.getByRole('alert').getByText('Email or password is wrong.').waitFor();
			await page.reload();
			await hydrated(page);
		}
		expect(page.url()).toBe(`${product.url}/login`);
	});

	test('after five failures nobody gets in for a while, and the page counts the seconds', async () => {
		for (let failures = 1; failures < 5; failures++) {
			const answer = page.waitForResponse((response) => response.request().method() === 'POST');
			await submit(person.email, `Wrong-password-${failures}`);
			expect((await answer).status()).toBe(401);
		}
		await submit(person.email, person.password);
		const refusal = page.getByRole('alert').getByText(/^Too many attempts\. Try again in \d+ s\.$/);
		await refusal.waitFor();
		const seconds = async () => Number((await refusal.innerText()).match(/\d+/)?.[0]);
		const first = await seconds();
		expect(first).toBeGreaterThan(0);
		expect(first).toBeLessThanOrEqual(60);
		await expect.poll(seconds, { timeout: 10_000 }).toBeLessThan(first);
		expect(await page.getByRole('button', { name: 'Log in' }).isDisabled()).toBe(true);
	});
});

test('a dashboard of somebody else is as absent as one that never was', async () => {
	const owner = await newPerson(product, 'otto');
	const { path } = await makeDashboard(owner, {
		name: `Private ${run}`,
		datasetId: await importOrders(owner),
		cards: [],
	});
	const page = await pageOf(browser, product.url, person);
	const seen = [];
	for (const address of [path, '/dashboards/dash_0000000000000000']) {
		const response = await page.goto(product.url + address);
		expect(response?.status()).toBe(404);
		await page.getByRole('heading', { name: 'Not found' }).waitFor();
		seen.push(await page.locator('main').innerText());
	}
	expect(seen[0]).toBe(seen[1]);
	expect(seen[0]).not.toContain('Private');
	await page.context().close();
});

describe('uploading', () => {
	test.each([
		{ what: 'an empty CSV', file: () => saved('empty.csv', ''), sentence: 'The file has no rows.' },
		{
			what: 'a picture named .csv',
			file: () => saved('picture.csv', Buffer.concat([PNG, Buffer.alloc(4096)])),
			sentence: 'This does not look like a text file: it holds binary data.',
		},
		{
			what: 'a file of 101 MB',
			file: () => savedOfSize('large.csv', 101_000_000),
			sentence: /^This file is larger than 100.*MB\.$/,
		},
	])('$what is refused in a sentence before anything is imported', async ({ file, sentence }) => {
		const { page, sent } = await choose(file());
		await page.getByRole('alert').getByText(sentence).waitFor();
		expect(await page.getByRole('button', { name: 'Import', exact: true }).count()).toBe(0);
		expect(sent()).toBeLessThan(1_100_000);
		await expectNothingStored();
		await page.getByRole('button', { name: 'Choose another file' }).click();
		await page.getByText('Drop a CSV file here').waitFor();
		await page.context().close();
	});

	test('a broken CSV is refused, and the first line that is wrong is named', async () => {
		const rows = Array.from({ length: 300 }, (_, i) => (i % 2 ? `${i},a,b,c,too many` : `${i},"broken" quote`));
		const { page } = await choose(saved('broken.csv', ['id,name', ...rows].join('\n')));
		await page.getByText(/300 rows cannot be read. First: line 2, text after a closing quote/).waitFor();
		await page.getByText(/^300 of 300 rows cannot be read; at most 1 % may be left out\./).waitFor();
		expect(await page.getByRole('button', { name: 'Import', exact: true }).isDisabled()).toBe(true);
		await expectNothingStored();
		await page.context().close();
	});
});

/** Drops a file into the page for new datasets; `sent` counts the bytes that left since. */
async function choose(path: string): Promise<{ page: Page; sent: () => number }> {
	const page = await pageOf(browser, product.url, person);
	await page.goto(`${product.url}/datasets/new`);
	await hydrated(page);
	let bytes = 0;
	page.on(
		'request',
		(request) => (bytes += Number(request.headers()['content-length'] ?? request.postDataBuffer()?.length ?? 0)),
	);
	await page.locator('input[type=file]').setInputFiles(path);
	return { page, sent: () => bytes };
}

async function expectNothingStored() {
	expect(await person.api('GET', '/datasets')).toEqual([]);
	const page = await pageOf(browser, product.url, person);
	await page.goto(`${product.url}/datasets`);
	await page.getByText('No datasets yet').waitFor();
	await page.close();
}

function saved(name: string, content: string | Buffer): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

/** A CSV of one honest row and zeroes up to a size: only its size is looked at. */
function savedOfSize(name: string, bytes: number): string {
	const path = join(folder, name);
	const file = openSync(path, 'w');
	writeSync(file, 'id,name\n1,a\n');
	ftruncateSync(file, bytes);
	closeSync(file);
	return path;
}
