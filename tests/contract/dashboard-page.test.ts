// A dashboard's page as it leaves the Worker: what it costs, what stands in its frames, and what its headers forbid.
import { request, type IncomingHttpHeaders } from 'node:http';
import { beforeAll, describe, expect, test } from 'vitest';
import { callsOf } from '../integration/data';
import { newPerson, product, type Person } from './api';

let ada: Person;
let vera: Person;
let dashboardId: string;
const cards: Record<'sum' | 'chart' | 'script' | 'broken', string> = { sum: '', chart: '', script: '', broken: '' };

const render = (body: string) => `def render(dataset, filters, params):\n    ${body}\n`;
const CODES = {
	sum: render('return f"<p title=\'a &amp; b\'>total \\"{int(dataset[\'amount\'].sum())}\\"</p>"'),
	chart: render('return px.bar(dataset, x="region", y="amount")'),
	script: render('return "<p id=here>static</p><script>document.body.append(\'ran\')</script>"'),
	broken: render('raise ValueError("row " + dataset["region"].iloc[0])'),
};

beforeAll(async () => {
	[ada, vera] = [await newPerson('Ada'), await newPerson('Vera')];
	const form = new FormData();
	form.append('name', 'regions');
	form.append('file', new Blob(['region,amount\nAPAC,10\nEMEA,32\n']), 'regions.csv');
	const dataset = await ada.post('/datasets', form);
	for (const name of Object.keys(CODES) as (keyof typeof CODES)[]) {
		const card = { name, code: CODES[name], dataset_id: dataset.data.dataset_id, scripts: name === 'script' };
		cards[name] = (await ada.post('/cards', card)).data.card_id;
	}
	const layout = { cards: Object.values(cards).map((id, y) => ({ card_id: id, x: 0, y, w: 6, h: 2 })) };
	const filters = [{ id: 'region', type: 'category', column: 'region', label: 'Region' }];
	dashboardId = (await ada.post('/dashboards', { name: 'Regions', layout, filters })).data.dashboard_id;
	await ada.post(`/dashboards/${dashboardId}/shares`, {
		shared_to_type: 'user',
		shared_to_id: vera.userId,
		permission: 'viewer',
	});
});

interface Page {
	status: number;
	html: string;
	headers: Headers;
	calls: ReturnType<typeof callsOf>;
	/** The opening tag of a card's frame. */
	frame(card: keyof typeof cards): string;
}

async function open(person: Person, query = '', cookies = ''): Promise<Page> {
	const answer = await fetch(`${product.url}/dashboards/${dashboardId}${query}`, {
		headers: { cookie: `cardinal_session=${person.token}${cookies}` },
		redirect: 'manual',
	});
	const html = await answer.text();
	return {
		status: answer.status,
		html,
		headers: answer.headers,
		calls: callsOf(answer.headers.get('server-timing') ?? ''),
		frame: (card) => tags(html, 'iframe').find((tag) => tag.includes(`data-card="${cards[card]}"`)) ?? 'no frame',
	};
}

/** Opening tags, whatever their attributes hold. */
function tags(html: string, name: string): string[] {
	return html.match(new RegExp(`<${name}\\b(?:[^>"]|"[^"]*")*>`, 'g')) ?? [];
}

const NONE = { dynamo: 0, s3: 0, kv: 0, exec: 0 };

describe('a page without scripts', () => {
	test('waits for cards that nobody has seen, and says in its place what failed, without the author’s words', async () => {
		const page = await open(vera, '?render=wait');
		expect(page.calls.exec).toBeGreaterThan(0);
		expect(page.frame('sum')).toContain('total &quot;42&quot;');
		expect(page.frame('broken')).toMatch(/data-kind="error"/);
		expect(page.frame('broken')).toContain('The code of this card failed.');
		expect(page.html).not.toMatch(/ValueError|row APAC/);
	});
});

describe('a viewer’s page', () => {
	test('costs one batch at first and nothing within the access TTL', async () => {
		await open(ada, '?render=wait');
		const fresh = await newPerson('Nell');
		await ada.post(`/dashboards/${dashboardId}/shares`, {
			shared_to_type: 'user',
			shared_to_id: fresh.userId,
			permission: 'viewer',
		});
		const first = await open(fresh);
		expect(first.calls).toMatchObject({ dynamo: 1, s3: 0, exec: 0 });
		const second = await open(fresh);
		expect(second.calls).toEqual(NONE);
		expect(second.frame('sum')).toContain('srcdoc=');
	});

	test('holds each kind of card in its own kind of frame', async () => {
		const page = await open(ada, '?render=wait');
		expect(page.frame('sum')).toMatch(/sandbox=""/);
		expect(page.frame('sum')).toMatch(/data-kind="html"/);
		expect(page.frame('chart')).toMatch(/sandbox="allow-scripts"/);
		expect(page.frame('chart')).toMatch(/data-figure="\{/);
		expect(page.frame('script')).toMatch(/src="http:\/\/[^"]+\/[0-9a-f]{64}\//);
		expect(page.frame('script')).not.toContain('srcdoc');
	});

	test('may run nothing but what carries its nonce, which is new each time', async () => {
		const [one, two] = [await open(ada), await open(ada)];
		const nonceOf = ({ headers }: Page) => /'nonce-([^']+)'/.exec(headers.get('content-security-policy')!)![1]!;
		expect(nonceOf(one)).not.toBe(nonceOf(two));
		const scripts = tags(one.html.replaceAll(/(srcdoc|data-figure)="[^"]*"/g, ''), 'script');
		expect(scripts.length).toBeGreaterThan(0);
		for (const script of scripts) expect(script).toContain(`nonce="${nonceOf(one)}"`);
		expect(one.headers.get('content-security-policy')).toMatch(/default-src 'none';.*frame-ancestors 'none'/);
		expect(one.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe/);
		expect(one.headers.get('cache-control')).toBe('private, no-store');
		expect(one.headers.get('etag')).toBeNull();
	});

	test('that was just made is sent again, but for its nonce', async () => {
		const pages = [];
		for (let i = 0; i < 3; i += 1) {
			const { html, headers } = await open(vera);
			const nonce = /'nonce-([^']+)'/.exec(headers.get('content-security-policy')!)![1]!;
			pages.push(html.replaceAll(nonce, ''));
		}
		// Pages tell times in minutes, and a minute may pass between two of them.
		expect(pages[0] === pages[1] || pages[1] === pages[2]).toBe(true);
	});

	test('is made anew for other eyes, settings, filters and data', async () => {
		const before = await open(vera);
		expect(before.html).toContain('Vera');
		expect((await open(ada)).html).not.toContain('Vera');
		expect((await open(vera, '', '; theme=dark')).html).toContain('data-theme="dark"');
		expect((await open(vera, '', '; locale=ja')).html).toContain('lang="ja"');
		expect((await open(vera, '?f.region=APAC')).frame('sum')).not.toContain('&quot;42&quot;');

		const { data } = await ada.get(`/dashboards/${dashboardId}`);
		const name = '<script>alert(1)</script> & "regions"';
		await ada.put(`/dashboards/${dashboardId}`, { name, expected_revision: data.revision });
		const renamed = await open(vera);
		expect(renamed.html).not.toContain('<script>alert(1)');
		expect(renamed.html).toContain('&lt;script>alert(1)&lt;/script> &amp; ');
		expect(renamed.frame('sum')).toBe(before.frame('sum'));
	});

	test('of somebody who may not see it is not there', async () => {
		const eve = await newPerson('Eve');
		expect((await open(eve)).status).toBe(404);
		const page = await fetch(`${product.url}/dashboards/${dashboardId}`, { redirect: 'manual' });
		expect([302, 303, 307]).toContain(page.status);
	});
});

describe('the cards host', () => {
	/** Asks this machine under the cards host's name, whether or not anything here resolves it. */
	function fromCardsHost(
		address: string,
		headers: Record<string, string> = {},
	): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
		const { host, port, pathname } = new URL(address);
		return new Promise((resolve, reject) => {
			const asked = request({ host: '127.0.0.1', port, path: pathname, headers: { ...headers, host } }, (answer) => {
				let text = '';
				answer.setEncoding('utf8').on('data', (part: string) => (text += part));
				answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
			});
			asked.on('error', reject).end();
		});
	}
	const addressOf = (page: Page) => / src="([^"]+)"/.exec(page.frame('script'))![1]!;

	test('serves the document of a script card at its signed address, jailed and without cookies', async () => {
		const address = addressOf(await open(ada, '?render=wait'));
		const answer = await fromCardsHost(address);
		expect(answer.status).toBe(200);
		expect(answer.text).toContain("document.body.append('ran')");
		expect(answer.headers['content-security-policy']).toMatch(/^sandbox allow-scripts; default-src 'none'/);
		expect(answer.headers['cache-control']).toMatch(/^private, max-age=\d+, immutable$/);
		expect(answer.headers['set-cookie']).toBeUndefined();
	});

	test('serves nothing else: no changed address, no page, no API', async () => {
		const address = addressOf(await open(ada, '?render=wait'));
		for (const path of [
			`${new URL(address).pathname}x`,
			'/',
			'/api/auth/me',
			'/trpc/auth.me',
			'/login',
			`/dashboards/${dashboardId}`,
		]) {
			const answer = await fromCardsHost(new URL(path, address).href, { cookie: `cardinal_session=${ada.token}` });
			expect(answer.status, path).toBe(404);
			expect(answer.text).toBe('Not found');
		}
	});

	test('is the only one to serve it: at the app’s address there is no such document', async () => {
		const { pathname } = new URL(addressOf(await open(ada, '?render=wait')));
		const answer = await fetch(`${product.url}${pathname}`, {
			headers: { cookie: `cardinal_session=${ada.token}` },
			redirect: 'manual',
		});
		expect(await answer.text()).not.toContain("append('ran')");
	});
});
