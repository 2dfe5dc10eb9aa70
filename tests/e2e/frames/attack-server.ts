// A page of hostile frames with the product's own shells and headers, and the listeners they must not reach.
// Knows nothing of Cardinal's API or data.
import { createSocket } from 'node:dgram';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { pageHeaders, scriptCardHeaders } from '../../../src/lib/card-frames/policies';
import { staticShell } from '../../../src/lib/card-frames/shells';
import { groupAttacks, soloAttacks, type Targets } from './corpus';

/** `control` has no protection at all: it shows that the attacks work. */
export type FrameKind = 'control' | 'static' | 'script';

export interface AttackServer {
	pageUrl(kind: FrameKind, attacks: string[]): string;
	firstPageUrl: string;
	groups: string[];
	solos: string[];
	/** Attacks that reached the HTTP listener or read something, connections to the other listeners, and when the page last spoke. */
	seen(): { escaped: Set<string>; tcp: number; udp: number; lastBeat: number };
	reset(): void;
	stop(): Promise<void>;
}

const NONCE = 'frames';

export async function startAttackServer(): Promise<AttackServer> {
	const escaped = new Set<string>();
	let tcp = 0;
	let udp = 0;
	let lastBeat = 0;
	const evil = createServer((request, response) => {
		const hit = /^\/hit\/([^/?]+)/.exec(decodeURIComponent(request.url ?? ''));
		if (hit) escaped.add(hit[1]!);
		response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'text/html' }).end('evil');
	});
	evil.on('upgrade', (request, socket) => {
		const hit = /^\/hit\/([^/?]+)/.exec(decodeURIComponent(request.url ?? ''));
		if (hit) escaped.add(hit[1]!);
		socket.destroy();
	});
	const tcpListener = createTcpServer((socket) => {
		tcp++;
		socket.on('error', () => socket.destroy());
		setTimeout(() => socket.destroy(), 500);
	});
	const udpListener = createSocket('udp4').on('message', () => udp++);
	const app = createServer((request, response) => answer(request, response));
	await Promise.all([
		listen(evil),
		listen(tcpListener),
		listen(app),
		new Promise<void>((done) => udpListener.bind(0, '127.0.0.1', done)),
	]);

	const port = (app.address() as AddressInfo).port;
	const appOrigin = `http://localhost:${port}`;
	const cardsOrigin = `http://cards.localhost:${port}`;
	const targets = (attack: string): Targets => ({
		U: `http://evil.localhost:${(evil.address() as AddressInfo).port}/hit/${encodeURIComponent(attack)}`,
		TCP: (tcpListener.address() as AddressInfo).port,
		UDP: udpListener.address().port,
		DNS: 'xleak',
		SIB: appOrigin,
	});
	const bodyOf = (attack: string) => {
		const all = targets(attack);
		return { ...groupAttacks(all), ...soloAttacks(all) }[attack] ?? '';
	};

	function answer(request: IncomingMessage, response: ServerResponse) {
		const url = new URL(request.url ?? '/', `http://${request.headers.host}`);
		const attacks = url.searchParams.get('attacks')?.split(',') ?? [];
		const kind = url.searchParams.get('kind') as FrameKind;
		if (url.pathname === '/escaped') {
			escaped.add(url.searchParams.get('attack') ?? '');
			response.end();
		} else if (url.pathname === '/beat') {
			lastBeat = Date.now();
			response.end();
		} else if (url.pathname === '/card') {
			const headers = kind === 'control' ? {} : scriptCardHeaders({ appOrigin, maxAge: 3600 });
			response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers });
			response.end(`<!doctype html><body>${bodyOf(attacks[0]!)}`);
		} else if (url.pathname === '/page') {
			const headers = kind === 'control' ? {} : pageHeaders({ nonce: NONCE, class: 'dashboard', cardsOrigin });
			response.writeHead(200, {
				'content-type': 'text/html; charset=utf-8',
				'set-cookie': 'session=secret; SameSite=Lax; Path=/',
				...headers,
			});
			response.end(page(kind, attacks));
		} else {
			response.writeHead(200, { 'content-type': 'text/html' }).end('first page');
		}
	}

	function page(kind: FrameKind, attacks: string[]) {
		const frames = attacks.map((attack) => {
			const common = `data-attack="${attack}" title="${attack}"`;
			const src = `${cardsOrigin}/card?kind=${kind}&attacks=${encodeURIComponent(attack)}`;
			if (kind === 'control')
				return `<iframe ${common} src="${escapeAttribute(src.replace('cards.localhost', 'localhost'))}"></iframe>`;
			if (kind === 'static')
				return `<iframe ${common} sandbox="" srcdoc="${escapeAttribute(staticShell({ html: bodyOf(attack) }))}"></iframe>`;
			return `<iframe ${common} sandbox="allow-scripts" allow="" referrerpolicy="no-referrer" src="${escapeAttribute(src)}"></iframe>`;
		});
		return `<!doctype html><title>app</title><style>iframe{width:90px;height:60px}</style>
<script nonce="${NONCE}">setInterval(() => fetch('/beat'), 100);
addEventListener('message', (event) => {
	const frame = [...document.querySelectorAll('iframe')].find((one) => one.contentWindow === event.source);
	if (frame && event.data?.type === 'escaped') fetch('/escaped?attack=' + encodeURIComponent(frame.dataset.attack));
});</script>${frames.join('')}`;
	}

	return {
		pageUrl: (kind, attacks) => `${appOrigin}/page?kind=${kind}&attacks=${encodeURIComponent(attacks.join(','))}`,
		firstPageUrl: `${appOrigin}/first`,
		groups: Object.keys(groupAttacks(targets('x'))),
		solos: Object.keys(soloAttacks(targets('x'))),
		seen: () => ({ escaped: new Set(escaped), tcp, udp, lastBeat }),
		reset: () => {
			escaped.clear();
			tcp = 0;
			udp = 0;
			lastBeat = 0;
		},
		stop: async () => {
			udpListener.close();
			await Promise.all([evil, tcpListener, app].map((server) => new Promise((done) => server.close(done))));
		},
	};
}

function listen(server: { listen(port: number, host: string, done: () => void): unknown }) {
	return new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
}

function escapeAttribute(text: string) {
	return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}
