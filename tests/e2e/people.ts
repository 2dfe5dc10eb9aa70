// People at their browsers: each has a context of their own, logged in through the log-in page.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';

export interface Account {
	email: string;
	password: string;
}

/** Logs in by the page and returns it, at the start page. */
export async function logInAs(browser: Browser, url: string, { email, password }: Account): Promise<Page> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
	context.setDefaultTimeout(30_000);
	const page = await context.newPage();
	await page.goto(`${url}/login`);
	await hydrated(page);
	await page.getByLabel('Email').fill(email);
	await page.getByLabel('Password', { exact: true }).fill(password);
	await page.getByRole('button', { name: 'Log in' }).click();
	await page.waitForURL(`${url}/`);
	await hydrated(page);
	return page;
}

/** A page of somebody who is logged in already. */
export async function pageOf(
	browser: Browser,
	url: string,
	{ token }: { token: string },
	options: BrowserContextOptions = {},
): Promise<Page> {
	const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-US', ...options });
	context.setDefaultTimeout(30_000);
	await context.addCookies([{ name: 'cardinal_session', value: token, url }]);
	return context.newPage();
}

/** Waits until the page answers to clicks. */
export function hydrated(page: Page) {
	return page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** The text inside a card's frame. */
export async function cardText(page: Page, name: string): Promise<string> {
	const frame = page.getByRole('region', { name }).locator('iframe').contentFrame();
	return (await frame.locator('body').innerText()).trim();
}

/** Waits until a card says something. */
export async function expectCard(page: Page, name: string, text: string) {
	await expect.poll(() => cardText(page, name).catch((error: Error) => error.message), { timeout: 30_000 }).toBe(text);
}

/** Calls by system of the page's own response, from outside. */
export async function costOf(context: BrowserContext, url: string) {
	const response = await context.request.get(url, { headers: { accept: 'text/html' } });
	const timing = response.headers()['server-timing'] ?? '';
	const calls = Object.fromEntries(
		[...timing.matchAll(/(\w+);desc="(\d+)/g)].map(([, system, n]) => [system, Number(n)]),
	);
	return { status: response.status(), calls };
}
