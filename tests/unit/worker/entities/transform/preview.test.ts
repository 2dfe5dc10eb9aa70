// A preview for which there is no place at once asks again, as those of cards do.
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { preview } from '../../../../../src/worker/entities/transform/preview';
import { AppError } from '../../../../../src/worker/errors';

type Deps = Parameters<typeof preview>[0];
type Actor = Parameters<typeof preview>[1];

const user = { userId: 'user_0000000000000001', email: 'a@example.com', name: 'A', role: 'user', groupIds: [] };
const code = 'def transform(inputs, params):\n    return 1\n';

/** An executor that answers so. */
function surroundings(...answers: (AppError | object)[]) {
	let calls = 0;
	const deps = {
		dynamo: { batchGet: async () => [{ ...user, createdAt: 1, updatedAt: 1 }] },
		executor: {
			async previewTransform() {
				const answer = answers[calls++]!;
				if (answer instanceof Error) throw answer;
				return answer;
			},
		},
		image: async () => 'image',
		now: () => 10_000,
		settings: { ZONE: 'UTC' },
	} as unknown as Deps;
	const shown = preview(deps, { user } as unknown as Actor, { code, inputDatasetIds: [], params: {} });
	return { shown, calls: () => calls };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a preview for which there is no place is tried three times', async () => {
	const { shown, calls } = surroundings(new AppError('BUSY'), new AppError('BUSY'), { status: 'ok', rowCount: 1 });
	await vi.runAllTimersAsync();
	expect([await shown, calls()]).toEqual([{ rowCount: 1 }, 3]);
});

test('one that fails by its code is tried once', async () => {
	const { shown, calls } = surroundings(new AppError('CARD_CODE_ERROR'));
	await expect(shown).rejects.toMatchObject({ code: 'CARD_CODE_ERROR' });
	expect(calls()).toBe(1);
});
