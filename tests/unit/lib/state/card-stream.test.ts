import { afterEach, expect, test, vi } from 'vitest';
import { CardStream } from '$lib/state/card-stream.svelte';
import type { DashboardView } from '$lib/contracts/dashboard';

const view = {
	dashboardId: 'dash_1',
	cards: [{ cardId: 'card_1', ignores: [], unavailable: false }],
} as unknown as DashboardView;

/** A server that answers each request when it is told to, with the card's content under that request's filters. */
function server() {
	const answers: (() => void)[] = [];
	vi.stubGlobal('fetch', (_url: string, { body, signal }: RequestInit) => {
		const { filters } = JSON.parse(String(body)) as { filters: { region: string } };
		const line = {
			cardId: 'card_1',
			key: filters.region,
			status: 'ok',
			kind: 'html',
			body: filters.region,
			url: null,
			libs: [],
			ignores: [],
		};
		return new Promise<Response>((resolve, reject) => {
			signal!.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
			answers.push(() => resolve(new Response(`${JSON.stringify(line)}\n{"end":true}\n`)));
		});
	});
	return answers;
}

afterEach(() => vi.unstubAllGlobals());

test('a card that is still missing when the filters change shows what they say now, whichever answer is late', async () => {
	const answers = server();
	const stream = new CardStream(view, () => undefined);
	const first = stream.start({ region: 'EMEA' });
	const second = stream.apply({ region: 'APAC' });
	answers[1]!();
	await second;
	answers[0]!();
	await first;
	expect(stream.get('card_1')).toMatchObject({ key: 'APAC', content: { body: 'APAC' }, error: null, pending: false });
});

test('a stream that was stopped takes no answer any more', async () => {
	const answers = server();
	const stream = new CardStream(view, () => undefined);
	const asked = stream.start({ region: 'EMEA' });
	stream.stop();
	answers[0]!();
	await asked;
	expect(stream.get('card_1')).toMatchObject({ key: null, error: null });
});
