// What pages do alike around work that is not saved: they ask before it is lost, and hear the keys that run and save. Knows no page.
import { beforeNavigate, goto } from '$app/navigation';

/**
 * Asks before unsaved work is left; to be called while the page is made.
 * @param onleave it is left in spite of that
 * @returns how the page itself goes elsewhere, which is not asked about
 */
export function guardLeaving(isUnsaved: () => boolean, question: () => string, onleave?: () => void) {
	let leaving = false;
	beforeNavigate((navigation) => {
		if (leaving || !isUnsaved()) return;
		// The browser asks by itself when the tab is closed.
		if (navigation.willUnload || !confirm(question())) navigation.cancel();
		else onleave?.();
	});
	return async (path: string, replaceState = false): Promise<void> => {
		leaving = true;
		await goto(path, { replaceState });
		leaving = false;
	};
}

/** Ctrl or ⌘ with Enter runs, where there is something to run, and with S saves, wherever on the page it is pressed. */
export function editorKeys({ run, save }: { run?: () => unknown; save: () => unknown }) {
	return (event: KeyboardEvent): void => {
		if (event.defaultPrevented || event.isComposing || !(event.ctrlKey || event.metaKey)) return;
		if (event.key === 'Enter' && run) void run();
		else if (event.key.toLowerCase() === 's') void save();
		else return;
		event.preventDefault();
	};
}
