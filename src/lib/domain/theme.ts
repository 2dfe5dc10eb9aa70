// Light, dark or the system's choice, as the cookie `theme` says it: the server writes it into the page, so nothing flashes.

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

/** The theme that a `Cookie` header (or `document.cookie`) names; `system` when it names none. */
export function themeOfCookies(cookies: string | null): Theme {
	const value = cookies?.match(/(?:^|;\s*)theme=(\w+)/)?.[1];
	return THEMES.find((theme) => theme === value) ?? 'system';
}
