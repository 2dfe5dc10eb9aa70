// Groups, accounts and one's own settings, as their people use them.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logIn } from '../../scripts/lib/rest.js';
import { launchChromium } from '../harness/chromium';
import { newPerson, run, type Person } from './dashboards';
import { hydrated, logInAs, pageOf } from './people';

const product = inject('product');
const NEW_PASSWORD = 'Battery-staple-7';
const groupName = `Sales ${run}`;
let browser: Browser;
let admin: Page;
let member: Person;

beforeAll(async () => {
	member = await newPerson(product, 'mia');
	browser = await launchChromium();
	const { token } = await logIn(product.url, product.admin);
	admin = await pageOf(browser, product.url, { token });
});
afterAll(() => browser?.close());

async function open(page: Page, path: string): Promise<void> {
	await page.goto(product.url + path);
	await hydrated(page);
}
const chooseForMember = async (item: string) => {
	await open(admin, `/users?q=${encodeURIComponent(member.email)}`);
	await admin.getByRole('row', { name: member.name }).hover();
	await admin.getByRole('button', { name: `More for ${member.name}` }).click();
	await admin.getByRole('menuitem', { name: item }).click();
};

test('an admin makes a group, is told when its name is taken, and adds somebody, who sees it', async () => {
	await open(admin, '/groups');
	await admin.getByRole('button', { name: 'New group' }).first().click();
	await admin.getByLabel('Name').fill(groupName);
	await admin.keyboard.press('Enter');
	await admin.getByRole('heading', { name: 'Nobody is in this group yet' }).waitFor();

	await admin.getByRole('button', { name: 'Add people' }).first().click();
	await admin.getByRole('searchbox', { name: 'Search by name or email' }).fill(member.email);
	await admin.getByRole('button', { name: `Add ${member.name}` }).click();
	await admin.getByRole('dialog').getByText('In the group', { exact: true }).waitFor();
	await admin.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
	await admin.getByRole('row', { name: member.name }).waitFor();

	await open(admin, '/groups');
	await admin.getByRole('button', { name: 'New group' }).click();
	await admin.getByLabel('Name').fill(groupName.toUpperCase());
	await admin.keyboard.press('Enter');
	await admin.getByRole('alert').getByText('There is a group of this name already.').waitFor();

	const page = await pageOf(browser, product.url, member);
	await open(page, '/settings');
	await page.getByRole('link', { name: groupName }).click();
	await page.getByRole('row', { name: member.name }).waitFor();
	expect(await page.getByRole('button', { name: 'Add people' }).count()).toBe(0);
	await page.context().close();
});

test('an admin takes somebody out again, and the group is not there for them any more', async () => {
	await open(admin, `/groups?q=${encodeURIComponent(groupName)}`);
	await admin.getByRole('link', { name: groupName }).click();
	await admin.getByRole('row', { name: member.name }).hover();
	await admin.getByRole('button', { name: `Take ${member.name} out of the group` }).click();
	await admin.getByRole('dialog').getByRole('button', { name: 'Take out' }).click();
	await admin.getByRole('heading', { name: 'Nobody is in this group yet' }).waitFor();
	const page = await pageOf(browser, product.url, member);
	const answer = await page.goto(admin.url());
	expect(answer!.status()).toBe(404);
	await page.context().close();
});

test('a one-time link lets somebody choose a password and log in with it, and works no second time', async () => {
	await chooseForMember('Reset the password');
	const link = await admin.getByLabel('Link', { exact: true }).inputValue();
	await admin.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();

	const context = await browser.newContext({ locale: 'en-US' });
	const page = await context.newPage();
	const choose = async () => {
		await page.goto(link);
		await hydrated(page);
		await page.getByLabel('New password').fill(NEW_PASSWORD);
		await page.getByRole('button', { name: 'Save the password' }).click();
	};
	await choose();
	await page.getByText('Your password was changed. Log in with it.').waitFor();
	await choose();
	await page.getByRole('alert').getByText('This link does not work any more').waitFor();
	await context.close();
	member = { ...member, password: NEW_PASSWORD };
});

test('somebody renames themselves, sees where they are logged in, and ends another session', async () => {
	const [here, there] = [await logInAs(browser, product.url, member), await logInAs(browser, product.url, member)];
	await open(here, '/settings');
	await here.getByLabel('Name', { exact: true }).fill(`Mia Renamed ${run}`);
	await here.getByRole('button', { name: 'Save', exact: true }).click();
	await here.getByRole('button', { name: `Mia Renamed ${run}` }).waitFor();

	const sessions = here.getByRole('table', { name: 'Where you are logged in' });
	await sessions.getByRole('row', { name: 'Chrome on Linux' }).first().waitFor();
	expect(await sessions.getByText('This one').count()).toBe(1);
	await sessions
		.getByRole('button', { name: /^Log out Chrome on Linux/ })
		.first()
		.click();
	await expect.poll(() => sessions.getByRole('button').count()).toBe(0);
	await there.goto(`${product.url}/dashboards`);
	await there.waitForURL(/\/login\?next=/);
	await Promise.all([here, there].map((page) => page.context().close()));
	member = { ...member, name: `Mia Renamed ${run}` };
});

test('somebody changes their password: a wrong one is refused beside its field, and this session goes on', async () => {
	const page = await logInAs(browser, product.url, member);
	await open(page, '/settings');
	await page.getByLabel('New password').fill('Another-horse-3');
	await page.getByLabel('Current password').fill('Wrong-horse-3');
	await page.getByRole('button', { name: 'Change the password' }).click();
	await page.getByRole('alert').getByText('This is not your current password.').waitFor();
	await page.getByLabel('Current password').fill(member.password);
	await page.getByRole('button', { name: 'Change the password' }).click();
	await page.getByText('Password changed').waitFor();
	await open(page, '/dashboards');
	expect(new URL(page.url()).pathname).toBe('/dashboards');
	await page.context().close();
	member = { ...member, password: 'Another-horse-3' };
});

test('an admin disables somebody, who is out at once', async () => {
	const page = await logInAs(browser, product.url, member);
	await chooseForMember('Disable');
	await admin.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
	await admin.getByRole('row', { name: member.name }).getByText('Disabled').waitFor();
	await page.goto(`${product.url}/dashboards`);
	await page.waitForURL(/\/login\?next=/);
	await page.context().close();
});

test('somebody who is no admin is not offered what admins do', async () => {
	const person = await newPerson(product, 'noa');
	const page = await pageOf(browser, product.url, person);
	expect((await page.goto(`${product.url}/users`))!.status()).toBe(403);
	await open(page, '/groups');
	await page.getByRole('heading', { name: 'You are in no group' }).waitFor();
	expect(await page.getByRole('button', { name: 'New group' }).count()).toBe(0);
	expect(await page.getByRole('navigation').getByRole('link', { name: 'Users' }).count()).toBe(0);
	await page.context().close();
});
