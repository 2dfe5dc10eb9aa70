// What one request may ask for: the limits hold before anybody is known, because anybody can send one.
import { describe, expect, test } from 'vitest';
import { MAX_CALLS_AT_ONCE } from '../../../../src/lib/contracts/common';
import { createApp } from '../../../../src/worker/app';
import { Cost } from '../../../../src/worker/cost';
import type { RequestScope } from '../../../../src/worker/deps';

const ORIGIN = 'https://app.example';

function send(path: string, init: RequestInit = {}): Promise<Response> {
	const log = { info: () => undefined, error: () => undefined };
	const limiter = { told: new Map() };
	const client = { address: null, userAgent: null };
	const scope = { requestId: 'request', client, cost: new Cost(), deps: { log, limiter } } as unknown as RequestScope;
	return Promise.resolve(createApp().fetch(new Request(ORIGIN + path, init), scope));
}

const logins = (count: number) =>
	send(`/trpc/${Array<string>(count).fill('auth.login').join(',')}?batch=1`, {
		method: 'POST',
		body: '{}',
		headers: { 'content-type': 'application/json' },
	});

/** A body without an announced length. */
function streamed(bytes: number): ReadableStream<Uint8Array> {
	let left = bytes;
	return new ReadableStream({
		pull(controller) {
			if (left <= 0) return controller.close();
			controller.enqueue(new Uint8Array(Math.min(left, 65_536)).fill(32));
			left -= 65_536;
		},
	});
}

describe('one request', () => {
	test('holds a limited number of calls, so that nobody tries a thousand passwords in one', async () => {
		expect(await (await logins(MAX_CALLS_AT_ONCE)).json()).toHaveLength(MAX_CALLS_AT_ONCE);
		const refused = await logins(MAX_CALLS_AT_ONCE + 1);
		expect(refused.status).toBe(400);
		expect(JSON.stringify(await refused.json())).toContain('BAD_REQUEST');
	});

	test.each([
		['/trpc/auth.login', 8 * 1024 * 1024],
		['/render/dashboards/dash_0000000000000001', 1024 * 1024],
	])('to %s has a body of limited length, announced or not', async (path, limit) => {
		const announced = { 'content-length': String(limit + 1) };
		const both = [
			await send(path, { method: 'POST', body: 'x', headers: announced }),
			await send(path, { method: 'POST', body: streamed(limit + 1), duplex: 'half' } as RequestInit),
		];
		for (const answer of both) {
			expect(answer.status).toBe(413);
			expect(await answer.json()).toMatchObject({ error: { code: 'TOO_LARGE' } });
		}
	});
});
