// An API key from the settings to its end, and an administrator who looks up in the audit log what became of it.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logIn } from '../../scripts/lib/rest.js';
import { launchChromium } from '../harness/chromium';
import { newPerson, type Person, run } from './dashboards';
import { hydrated, pageOf } from './people';

const product = inject('product');
let browser: Browser;
let author: Person;

beforeAll(async () => {
	browser = await launchChromium();
	author = await newPerson(product, 'kay');
});
afterAll(() => browser.close());

async function open(page: Page, path: string): Promise<void> {
	await page.goto(product.url + path);
	await hydrated(page);
}

const statusOf = async (key: string) =>
	(await fetch(`${product.url}/api/dashboards`, { headers: { authorization: `Bearer ${key}` } })).status;

test('a key is made, copied this once, used, and revoked; the log tells it', async () => {
	const name = `Mailer ${run}`;
	const page = await pageOf(browser, product.url, author);
	await open(page, '/settings');
	await page.getByRole('button', { name: 'New key' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByLabel('Name').fill(name);
	await dialog.getByLabel('Applies to').selectOption('Dashboards');
	await dialog.getByRole('button', { name: 'Create' }).click();
	const key = await dialog.getByLabel('Key', { exact: true }).inputValue();
	expect(key).toMatch(/^ck_key_/);
	expect(await statusOf(key)).toBe(200);
	await dialog.getByRole('button', { name: 'Close' }).last().click();

	await open(page, '/settings');
	expect(await page.content()).not.toContain(key);
	const row = page.getByRole('row', { name });
	expect(await row.innerText()).toContain('Read: Dashboards');
	await row.getByRole('button', { name: `Revoke ${name}` }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
	await row.waitFor({ state: 'detached' });
	expect(await statusOf(key)).toBe(401);

	const boss = await pageOf(browser, product.url, { token: (await logIn(product.url, product.admin)).token });
	await open(boss, '/audit');
	await boss.getByLabel('Person').fill(author.email);
	await boss.getByLabel('Action').selectOption('API key revoked');
	await boss.getByRole('button', { name: 'Filter' }).click();
	await boss.waitForURL(/action=API_KEY_DELETED/);
	const events = boss.getByRole('table').getByRole('row');
	await expect.poll(() => events.count()).toBe(2);
	await events.last().getByRole('button').click();
	await expect.poll(() => boss.getByRole('dialog').innerText()).toContain(name);
	await boss.keyboard.press('Escape');

	const downloading = boss.waitForEvent('download');
	await boss.getByRole('link', { name: 'Export CSV' }).click();
	const download = await downloading;
	expect(download.suggestedFilename()).toBe('audit-log.csv');
	expect(new URL(download.url()).searchParams.get('action')).toBe('API_KEY_DELETED');
	await boss.getByRole('link', { name: 'Reset' }).click();
	await boss.waitForURL(`${product.url}/audit`);
});
