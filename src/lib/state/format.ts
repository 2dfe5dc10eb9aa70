// The formatter of the page's language: `format().number(3)`.
import { formatter, type Formatter } from '$lib/domain/format';
import { getLocale, type Locale } from '$lib/paraglide/runtime';

/** English is read all over the world: days before months, months by name. */
const REGIONAL: Record<Locale, string> = { en: 'en-GB', ja: 'ja-JP' };

const made = new Map<Locale, Formatter>();

export function format(): Formatter {
	const locale = getLocale();
	let found = made.get(locale);
	if (!found) made.set(locale, (found = formatter(REGIONAL[locale])));
	return found;
}
