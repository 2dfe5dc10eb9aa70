// A proxy in front of DynamoDB that stops at a call of one's choice, so that a test can kill the Worker exactly there.
import { createServer, request as send, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface DynamoCall {
	/** `UpdateItem`, `TransactWriteItems` … */
	action: string;
	/** The request's JSON. */
	body: string;
}

interface Trap {
	matches: (call: DynamoCall) => boolean;
	/** `before`: the call never happens. `after`: it does, but nobody is told. */
	when: 'before' | 'after';
	hit: () => void;
}

export interface DynamoProxy {
	endpoint: string;
	/** Every call since the last `clear`. */
	calls: DynamoCall[];
	/** Holds the first call that matches for ever; resolves when it came, and for `after` when it was carried out. */
	trap(when: Trap['when'], matches: Trap['matches']): Promise<void>;
	close(): void;
}

export async function startDynamoProxy(target: string): Promise<DynamoProxy> {
	const calls: DynamoCall[] = [];
	let trap: Trap | null = null;

	const server = createServer(async (incoming, outgoing) => {
		const body = await readAll(incoming);
		const call = { action: String(incoming.headers['x-amz-target']).split('.').at(-1)!, body: body.toString() };
		calls.push(call);
		const sprung = trap?.matches(call) ? trap : null;
		if (sprung) trap = null;
		if (sprung?.when === 'before') return sprung.hit();
		const forwarded = send(target, { method: incoming.method, headers: incoming.headers }, async (answer) => {
			const content = await readAll(answer);
			if (sprung) return sprung.hit();
			outgoing.writeHead(answer.statusCode!, answer.headers).end(content);
		});
		forwarded.end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		calls,
		trap: (when, matches) =>
			new Promise((hit) => {
				trap = { when, matches, hit };
			}),
		close: () => {
			server.closeAllConnections();
			server.close();
		},
	};
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of message) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}
