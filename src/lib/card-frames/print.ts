// Printing a page of cards: light, and on a sheet as wide as the screen, so that no figure is measured anew and cut.

/** Milliseconds that frames take to follow a theme. */
const SETTLE_MS = 400;
/** Height of a sheet of A4 on its side, in its widths. */
const SHEET_RATIO = 0.707;

/** Opens the print dialog; the page looks as before once it is left. */
export async function printCards(): Promise<void> {
	const root = document.documentElement;
	const theme = root.dataset.theme;
	const sheet = document.head.appendChild(document.createElement('style'));
	sheet.textContent = `@page{size:${innerWidth}px ${Math.round(innerWidth * SHEET_RATIO)}px;margin:0}`;
	root.dataset.theme = 'light';
	await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
	print();
	sheet.remove();
	root.dataset.theme = theme;
}
