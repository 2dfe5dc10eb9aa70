// The theme of the page: `data-theme` on the root element and a cookie for the next one. Frames follow by `color-scheme`.
import { themeOfCookies, type Theme } from '$lib/domain/theme';

const YEAR_SECONDS = 31_536_000;

class ThemeChoice {
	#current = $state<Theme>(typeof document === 'undefined' ? 'system' : themeOfCookies(document.cookie));

	get current(): Theme {
		return this.#current;
	}

	set current(theme: Theme) {
		this.#current = theme;
		document.cookie = `theme=${theme};path=/;max-age=${YEAR_SECONDS};samesite=lax`;
		document.documentElement.dataset.theme = theme;
	}
}

export const theme = new ThemeChoice();
