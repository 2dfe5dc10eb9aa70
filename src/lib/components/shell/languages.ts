// What each language calls itself.
import type { Locale } from '$lib/paraglide/runtime';

export const languageNames: Record<Locale, string> = { en: 'English', ja: '日本語' };
