// Any line of cron in words, by the library that reads all of it. Loads with the first line that no form of ours makes.
import cronstrue from 'cronstrue';
import 'cronstrue/locales/ja';
import { getLocale } from '$lib/paraglide/runtime';

/** Opens a sentence of its Japanese where a time stands, and says nothing. */
const JAPANESE_OPENING = /^次において実施/;

/** `Every 10 minutes, between 08:00 and 18:59`; a line that cannot be read stays as it is. */
export function cronInWords(cron: string): string {
	try {
		return cronstrue.toString(cron, { locale: getLocale(), use24HourTimeFormat: true }).replace(JAPANESE_OPENING, '');
	} catch {
		// It throws on what is no line of cron: half-typed text is shown as it is, and the field says what is wrong.
		return cron;
	}
}
