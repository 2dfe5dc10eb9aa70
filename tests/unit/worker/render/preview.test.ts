import { expect, test } from 'vitest';
import type { Actor } from '../../../../src/worker/access/access';
import { AppError } from '../../../../src/worker/errors';
import { preview, type Draft, type PreviewDeps } from '../../../../src/worker/render/preview';

const draft: Draft = {
	cardId: null,
	cardType: 'code',
	code: 'def render(dataset, filters, params): return ""',
	codeHash: 'a',
	params: {},
	scripts: false,
	datasets: [],
	declared: null,
	filters: {},
};

test('an executor whose sandbox is too weak runs no code that is being written', async () => {
	let runs = 0;
	const deps = {
		settings: { ZONE: 'UTC' },
		now: () => 0,
		image: () => Promise.reject(new AppError('UPSTREAM_UNAVAILABLE', { message: 'level 2, 3 is needed' })),
		shared: { getMany: async () => new Map() },
		executor: { render: async () => void (runs += 1) },
	} as unknown as PreviewDeps;
	const actor = { user: { userId: 'user_1' } } as Actor;
	await expect(preview(deps, actor, draft, new Map())).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
	expect(runs).toBe(0);
});
