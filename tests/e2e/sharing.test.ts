// The share dialog in an owner's browser: a group is shared to after a forecast, everybody's access has its reason, a dataset is
// lent, a dashboard changes hands. What a member sees follows.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logIn, type Api } from '../../scripts/lib/rest.js';
import { launchChromium } from '../harness/chromium';
import { importOrders, makeDashboard, newPerson, run, type Person } from './dashboards';
import { sumOf, orders } from './orders';
import { costOf, expectCard, hydrated, pageOf } from './people';

const product = inject('product');
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TOTAL = `Total ${run}`;
const CODE = `def render(dataset, filters, params):\n    return f"{dataset['amount'].sum()} in all"\n`;
const GROUP = `Managers ${run}`;

let browser: Browser;
let admin: Api;
let owner: Person;
let member: Person;
let other: Person;
let groupId: string;
let datasetId: string;
let path: string;
let page: Page;

beforeAll(async () => {
	({ api: admin } = await logIn(product.url, product.admin));
	[owner, member, other] = [
		await newPerson(product, 'olga'),
		await newPerson(product, 'mia'),
		await newPerson(product, 'otto'),
	];
	groupId = (await admin('POST', '/groups', { name: GROUP })).id;
	for (const { userId } of [owner, member, other]) await join(userId);
	datasetId = await importOrders(owner);
	({ path } = await makeDashboard(owner, { name: `Board ${run}`, datasetId, cards: [{ name: TOTAL, code: CODE }] }));
	browser = await launchChromium();
	page = await pageOf(browser, product.url, owner);
});
afterAll(() => browser?.close());

const join = (userId: string) => admin('POST', `/groups/${groupId}/members`, { user_id: userId });
const dialog = () => page.getByRole('dialog', { name: /^Share “/ });
const add = () => page.getByRole('combobox', { name: 'Add people or groups by name or email' });
/** Whether a person may open the dashboard, as a browser asks. */
const statusFor = async (person: Person) => {
	const { request } = (await pageOf(browser, product.url, person)).context();
	return (await request.get(product.url + path, { headers: { accept: 'text/html' } })).status();
};

async function openDialog(at: string): Promise<void> {
	await page.goto(product.url + at);
	await hydrated(page);
	await page.getByRole('button', { name: 'Share', exact: true }).click();
	await dialog().getByText('Has access').waitFor();
}

test('says who newly gains access and to which datasets, and shares to a group only then', async () => {
	await openDialog(path);
	await add().fill(GROUP);
	await page.getByRole('option', { name: GROUP }).click();
	await dialog().getByText('2 people newly gain access.').waitFor();
	await dialog().getByText('1 of them has it already.').waitFor();
	for (const { name } of [member, other]) await dialog().getByText(name).waitFor();
	await dialog().getByText('They will see what is drawn from 1 dataset, never the rows behind it.').waitFor();
	await dialog().getByText(`orders_${run}`).waitFor();
	expect(await statusFor(member)).toBe(404);
	await expectAccessible();

	await page.getByRole('button', { name: 'Share with 2 more' }).click();
	await page.getByLabel(`Permission of ${GROUP}`).waitFor();
	await dialog().getByText('Group · 3 people').waitFor();
	const visitor = await pageOf(browser, product.url, member);
	await visitor.goto(product.url + path);
	await expectCard(visitor, TOTAL, `${sumOf(orders)} in all`);
	await visitor.context().close();
});

test('tells of anybody what they may do and why, while one looks for them', async () => {
	await add().fill(member.email);
	await page.getByRole('option', { name: /Viewer, through Managers/ }).waitFor();
	await add().press('Enter');
	await page.getByRole('combobox', { name: 'Permission', exact: true }).selectOption('editor');
	await dialog().getByText('Nobody newly gains access.').waitFor();
	await page.getByRole('button', { name: 'No end date' }).click();
	await page.getByRole('button', { name: /^In 30 days/ }).click();
	await page.getByRole('button', { name: `Share with ${member.name}` }).click();
	await page.getByLabel(`Permission of ${member.name}`).waitFor();
	await dialog()
		.getByText(new RegExp(`^${member.email}, until \\d+ \\w+ \\d{4}$`))
		.waitFor();
	await page.getByLabel(`Permission of ${GROUP}`).selectOption('owner');
	await dialog().getByText('Owner, through Managers', { exact: false }).and(page.getByText('(own: editor)')).waitFor();
	await page.getByLabel(`Permission of ${GROUP}`).selectOption('viewer');
	await dialog().getByText(`${member.email}, until`).waitFor();
});

test('who leaves the group is refused, with a page that was warm a moment ago', async () => {
	expect(await statusFor(other)).toBe(200);
	const warm = await pageOf(browser, product.url, other);
	expect((await costOf(warm.context(), product.url + path)).calls).toMatchObject({ dynamo: 0, exec: 0 });
	await admin('DELETE', `/groups/${groupId}/members/${other.userId}`);
	await expect.poll(() => statusFor(other), { timeout: 15_000 }).toBe(404);
	await warm.context().close();
});

test('gives the dashboard to somebody else, and stays on it as an owner', async () => {
	await page.getByLabel(`Permission of ${member.name}`).selectOption({ label: 'Make the owner…' });
	const question = page.getByRole('dialog', { name: /^Give “/ });
	await question.getByText(`${member.name} becomes the owner`).waitFor();
	await question.getByRole('button', { name: 'Make the owner' }).click();
	await page.getByLabel(`Permission of ${owner.name}`).waitFor();
	expect((await member.api('GET', path)).owner.name).toBe(member.name);
});

test('a dataset is shared with the same dialog, and stands among those of whom it is shared to', async () => {
	await openDialog(`/datasets/${datasetId}`);
	await add().fill(other.email);
	await page.getByRole('option', { name: other.name }).click();
	await dialog().getByText(`${other.name} newly gains access.`).waitFor();
	await dialog().getByText('They will see the rows of this dataset and may use it in cards of their own.').waitFor();
	await page.getByRole('button', { name: `Share with ${other.name}` }).click();
	await page.getByLabel(`Permission of ${other.name}`).waitFor();

	const borrower = await pageOf(browser, product.url, other);
	await borrower.goto(`${product.url}/datasets`);
	const row = borrower.getByRole('row').filter({ hasText: `orders_${run}` });
	await row.getByText('Viewer').waitFor();
	await row.getByRole('link').click();
	await borrower.getByRole('link', { name: 'New card' }).waitFor();
	await hydrated(borrower);
	expect(await borrower.getByRole('button', { name: 'Share' }).count()).toBe(0);
	await borrower.context().close();
});

test('the author of a card on data that is no longer shared reads why it does not run', async () => {
	const { card_id: cardId } = await other.api('POST', '/cards', { name: 'Lent', dataset_id: datasetId, code: CODE });
	await page.getByRole('button', { name: `Remove access of ${other.name}` }).click();
	await page.getByLabel(`Permission of ${other.name}`).waitFor({ state: 'detached' });
	const author = await pageOf(browser, product.url, other);
	await author.goto(`${product.url}/cards/${cardId}`);
	await hydrated(author);
	await author.getByRole('button', { name: /^Run/ }).click();
	await author
		.getByText(/which is not shared with you any more/)
		.first()
		.waitFor();
	await author.context().close();
});

async function expectAccessible(): Promise<void> {
	await page.evaluate(AXE);
	const { violations } = await page.evaluate(() =>
		(window as unknown as { axe: { run: () => Promise<AxeResults> } }).axe.run(),
	);
	expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
}
