import { expect, test } from 'vitest';
import { answerCardsHost } from '../../../../src/worker/http/cards-host';
import { cardUrl } from '../../../../src/worker/render/card-url';

type CardsHostDeps = Parameters<typeof answerCardsHost>[0];
const settings = {
	CARDS_SECRET: '2123456789abcdefghijklmnopqrstuv',
	APP_ORIGIN: 'https://app.example',
	CARDS_ORIGIN: 'https://cards.example',
};

test('a cache that fails is answered by a page of the cards host, which says nothing of it, and logged', async () => {
	const logged: unknown[] = [];
	const deps = {
		settings,
		now: () => 1_000,
		shared: { getMany: () => Promise.reject(new Error('kv.internal does not answer')) },
		log: { error: (fields: unknown) => logged.push(fields) },
	} as unknown as CardsHostDeps;
	const url = await cardUrl(deps as never, { sessionId: 'sess_0000000000000001' } as never, 'a'.repeat(64));
	const answer = await answerCardsHost(deps, new Request(url));
	expect(answer.status).toBe(500);
	expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
	expect(await answer.text()).not.toContain('kv');
	expect(logged).toEqual([expect.objectContaining({ event: 'cards-host' })]);
});
