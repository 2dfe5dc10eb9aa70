// The names in an `IN_USE` refusal. Pure.
import { usage } from '../contracts/dataset';

/** `['Delays', 'Busiest routes']` from `details.usedBy`; null when the details name nothing. */
export function namesOf(details: Record<string, unknown>): string[] | null {
	const found = usage.array().safeParse(details['usedBy']);
	return found.success && found.data.length > 0 ? found.data.map(({ name }) => name) : null;
}
