// Writes that were decided from what was read: others may change it in between, and then the decision is made again.
import { AppError } from '../../errors';
import { backOff } from '../../time';
import { ConditionFailed } from './port';

const MAX_TRIES = 8;

/**
 * Reads, decides and writes once more for as long as a condition of the write fails.
 * @param forget what the next try has to read again
 * @throws AppError BUSY when others are always quicker
 */
export async function againWhileChanged<T>(forget: () => Promise<void>, attempt: () => Promise<T>): Promise<T> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await attempt();
		} catch (error) {
			if (!(error instanceof ConditionFailed)) throw error;
			if (tries === MAX_TRIES) throw new AppError('BUSY', { retryAfter: 1, cause: error });
			await backOff(tries);
			await forget();
		}
	}
}
