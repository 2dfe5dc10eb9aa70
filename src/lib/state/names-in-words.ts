// Names of things in a sentence.
import { m } from '$lib/paraglide/messages';
import { format } from './format';

/** `“Share of flights, %” and “Busiest routes”`: in quotes, as a name may hold a comma itself. */
export function namesInWords(names: readonly string[]): string {
	return format().list(names.map((name) => m.common_quoted({ name })));
}
