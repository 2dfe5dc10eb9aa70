// The attack corpus against the product's own frames in Chromium: nothing a card contains may reach anybody or read anything.
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from '../../harness/chromium';
import { type AttackServer, type FrameKind, startAttackServer } from './attack-server';

/** These open windows or navigate others, so each gets a page of its own. */
const LOUD = ['window-open', 'window-open-blank', 'a-blank', 'sibling-navigate', 'a-download'];
/** What a script card can still reach in a browser that does not know `Connection-Allowlist`. */
const DOCUMENTED_LEAKS = ['preconnect', 'preconnect-js', 'webrtc-stun', 'webrtc-nested', 'webrtc-turn-tcp'];
const BATCH = 20;
/** For attacks that shall get through: twenty frames at once start slowly on a busy machine. */
const UNHURRIED_MS = 4000;

let folder: string;
let server: AttackServer;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), 'cardinal-frames-'));
	server = await startAttackServer();
	browser = await launchChromium({
		args: [`--log-net-log=${netLog()}`, '--net-log-capture-mode=Everything'],
	});
	context = await browser.newContext();
});

afterAll(async () => {
	await browser?.close();
	await server?.stop();
	await rm(folder, { recursive: true, force: true });
});

test('without protection most attacks get through, so the corpus can tell', async () => {
	const through = await attackAll('control', server.groups);
	expect(through.length).toBeGreaterThan(55);
});

test('a static card reaches and reads nothing', async () => {
	expect(await attackAll('static', [...server.groups, ...server.solos])).toEqual([]);
});

test('a script card reaches and reads nothing, or only what is documented for older browsers', async () => {
	const through = await attackAll('script', [...server.groups, ...server.solos]);
	if (await knowsConnectionAllowlist()) expect(through).toEqual([]);
	else expect(DOCUMENTED_LEAKS).toEqual(expect.arrayContaining(through));
});

test('no name of the attacks was looked up', async () => {
	const knows = await knowsConnectionAllowlist();
	await browser.close();
	const looked = readFileSync(netLog(), 'utf8').match(/xleak-[a-d]\.evil\.test/g) ?? [];
	if (knows) expect(looked).toEqual([]);
	else expect(new Set(looked).size).toBeLessThanOrEqual(4);
});

function netLog() {
	return join(folder, 'net-log.json');
}

async function knowsConnectionAllowlist() {
	return Number(browser.version().split('.')[0]) >= 156;
}

/** Runs attacks and returns the ids of those that got through. */
async function attackAll(kind: FrameKind, attacks: string[]) {
	const through = new Set<string>();
	const quiet = attacks.filter((attack) => server.groups.includes(attack) && !LOUD.includes(attack));
	for (let from = 0; from < quiet.length; from += BATCH) {
		const waitMs = kind === 'control' ? UNHURRIED_MS : 1500;
		for (const attack of await attackPage(kind, quiet.slice(from, from + BATCH), waitMs)) through.add(attack);
	}
	for (const attack of attacks.filter((one) => !quiet.includes(one))) {
		for (const hit of await attackPage(kind, [attack], attack.startsWith('webrtc') ? 2500 : 800)) through.add(hit);
	}
	return [...through].sort();
}

async function attackPage(kind: FrameKind, attacks: string[], waitMs: number) {
	server.reset();
	const page = await context.newPage();
	const events = watch(page);
	if (attacks[0]?.startsWith('history')) await page.goto(server.firstPageUrl);
	await page.goto(server.pageUrl(kind, attacks), { waitUntil: 'commit' });
	await setTimeout(waitMs);
	if (attacks[0]?.startsWith('click')) {
		await page.mouse.click(45, 40);
		await setTimeout(800);
	}
	const moved = !page.url().includes('/page?');
	const { escaped, tcp, udp, lastBeat } = server.seen();
	for (const other of context.pages()) await other.close({ runBeforeUnload: false });
	// A card may bring down the process of its own frame; the page around it goes on.
	const stopped = kind !== 'control' && Date.now() - lastBeat > 1500;
	const alone = attacks.length === 1 && (tcp > 0 || udp > 0 || moved || events.length > 0);
	return alone || stopped ? [...escaped, ...attacks] : [...escaped];
}

/** Pop-ups, dialogs and downloads that a page's frames caused. */
function watch(page: Page) {
	const events: string[] = [];
	page.on('popup', () => events.push('popup'));
	page.on('dialog', (dialog) => {
		events.push('dialog');
		void dialog.dismiss();
	});
	page.on('download', (download) => {
		events.push('download');
		void download.cancel();
	});
	return events;
}
