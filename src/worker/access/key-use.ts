// What an API key's use entails: it counts against the limit of its calls, and when it was used last is noted, to the hour.
import * as keys from '../entities/api-key/repository';
import { ConditionFailed, type Dynamo } from '../infra/dynamo/port';
import type { Limiter } from '../infra/limiter/port';

export interface KeyUseParts {
	dynamo: Dynamo;
	limiter: Limiter;
	/** Calls of a key within a minute. */
	most: number;
	/** Calls that travel in this request. */
	calls: number;
	/** When keys were used last, as this isolate noted it; UNIX seconds. */
	noted: Map<string, number>;
	background: (work: Promise<unknown>) => void;
	/** UNIX seconds. */
	now: () => number;
}

/** Seconds within which a use is not noted again. */
const NOTED_FOR = 60 * 60;
const MAX_NOTED = 5_000;

/**
 * One for each request: to be told of a key that proved itself, before anything is done for it.
 * @returns a function that throws AppError RATE_LIMITED once the key has made too many calls
 */
export function createKeyUse({ dynamo, limiter, most, calls, noted, background, now }: KeyUseParts) {
	let counted: Promise<void> | undefined;

	async function note(keyId: string, at: number): Promise<void> {
		try {
			await keys.noteUse(dynamo, keyId, at);
		} catch (error) {
			// Another isolate noted a later use, or the key was ended meanwhile.
			if (!(error instanceof ConditionFailed)) throw error;
		}
	}

	return async ({ keyId, lastUsedAt }: keys.KeyItem): Promise<void> => {
		await (counted ??= limiter.spend({ policy: 'api', most }, keyId, calls));
		const at = now();
		if (at - Math.max(lastUsedAt ?? 0, noted.get(keyId) ?? 0) < NOTED_FOR) return;
		if (noted.size >= MAX_NOTED) noted.clear();
		noted.set(keyId, at);
		background(note(keyId, at));
	};
}
