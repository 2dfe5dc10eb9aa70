// Attempts to guess a password: so many may fail within a minute, over every location at once.
import { sha256Hex } from '$lib/domain/canonical';
import type { ErrorCode } from '$lib/contracts/errors';
import type { Deps } from '../../deps';
import { AppError } from '../../errors';
import type { Quota } from '../../infra/limiter/port';

/** So many attempts may fail within a minute; after that even right ones are refused. */
export interface Limit extends Quota {
	/** Whose attempts are counted together. */
	of: string;
}

/** What a wrong guess fails with; a failure of ours counts as nothing. */
const WRONG: readonly ErrorCode[] = ['INVALID_CREDENTIALS', 'WRONG_PASSWORD'];

/** Makes an attempt within all of these limits. @throws AppError RATE_LIMITED, before anything is attempted */
export async function withinLimits<T>(
	limiter: Deps['limiter'],
	limits: readonly Limit[],
	attempt: () => Promise<T>,
): Promise<T> {
	const begun: string[] = [];
	let outcome: 'succeeded' | 'failed' = 'succeeded';
	try {
		for (const { of, policy, most } of limits) {
			// The name of a limiter says nothing about whom it limits.
			const name = await sha256Hex(of);
			const retryAfter = await limiter.begin({ policy, most }, name);
			if (retryAfter !== null) throw new AppError('RATE_LIMITED', { retryAfter, details: { retryAfter } });
			begun.push(name);
		}
		return await attempt();
	} catch (error) {
		if (error instanceof AppError && WRONG.includes(error.code)) outcome = 'failed';
		throw error;
	} finally {
		for (const name of begun) await limiter.end(name, outcome);
	}
}
