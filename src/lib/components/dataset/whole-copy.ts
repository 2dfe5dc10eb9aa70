// What is copied out of a table that shows its numbers shortened: their whole values. Knows no page.

/**
 * Takes a copy over when it has cells that hold more than they show, which they say in `data-whole`: rows become lines, with
 * tabs between their cells. Any other copy is the browser's.
 */
export function copyWhole(event: ClipboardEvent): void {
	const selection = getSelection();
	if (!selection || selection.isCollapsed) return;
	const text = wholeCell(selection) ?? wholeRows(selection);
	if (text === null) return;
	event.clipboardData?.setData('text/plain', text);
	event.preventDefault();
}

/** The value of the one cell whose text is selected, from its first to its last character. */
function wholeCell(selection: Selection): string | null {
	const { commonAncestorContainer: within } = selection.getRangeAt(0);
	const cell = (within instanceof Element ? within : within.parentElement)?.closest<HTMLElement>('[data-whole]');
	const isAll = cell?.textContent.trim() === selection.toString().trim();
	return (isAll && cell?.dataset['whole']) || null;
}

function wholeRows(selection: Selection): string | null {
	const lines: string[] = [];
	let shortened = false;
	for (let at = 0; at < selection.rangeCount; at++) {
		const part = selection.getRangeAt(at).cloneContents();
		const rows = part.querySelectorAll('tr');
		for (const row of rows.length > 0 ? rows : [part]) {
			const cells = [...row.querySelectorAll<HTMLElement>('th, td')];
			shortened ||= cells.some(({ dataset }) => dataset['whole'] !== undefined);
			lines.push(cells.map((cell) => cell.dataset['whole'] ?? cell.textContent.trim()).join('\t'));
		}
	}
	return shortened ? lines.join('\n') : null;
}
