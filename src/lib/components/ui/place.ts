// Where a popover stands: under its anchor, inside the window. Knows geometry only.

interface Box {
	left: number;
	top: number;
	right: number;
	bottom: number;
}
interface Size {
	width: number;
	height: number;
}

/** Pixels between an anchor and its popover. */
const GAP = 6;
/** Pixels kept free at the edges of the window. */
const EDGE = 8;

/**
 * The top left corner of a popover of `size`: below `anchor`, or above it where only there is room; aligned with the
 * anchor's left or right side and pushed back into the window.
 */
export function place(options: { anchor: Box; size: Size; window: Size; align: 'start' | 'end' }): {
	left: number;
	top: number;
} {
	const { anchor, size, window, align } = options;
	const wanted = align === 'start' ? anchor.left : anchor.right - size.width;
	const left = Math.max(EDGE, Math.min(wanted, window.width - size.width - EDGE));
	const below = anchor.bottom + GAP;
	const above = anchor.top - GAP - size.height;
	const fitsBelow = below + size.height + EDGE <= window.height;
	const top = fitsBelow || above < EDGE ? Math.min(below, Math.max(EDGE, window.height - size.height - EDGE)) : above;
	return { left, top };
}
