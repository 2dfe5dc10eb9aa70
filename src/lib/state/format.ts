// The formatter of the page's language: `format().number(3)`.
import { formatter, type Formatter } from '$lib/domain/format';
import { getLocale } from '$lib/paraglide/runtime';

const made = new Map<string, Formatter>();

export function format(): Formatter {
	const locale = getLocale();
	let found = made.get(locale);
	if (!found) made.set(locale, (found = formatter(locale)));
	return found;
}
