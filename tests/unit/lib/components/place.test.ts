import { expect, test } from 'vitest';
import { place } from '$lib/components/ui/place';

const window = { width: 400, height: 300 };
const at = (left: number, top: number) => ({ left, top, right: left + 80, bottom: top + 28 });

test('a popover stands under its anchor, and stays inside the window', () => {
	const size = { width: 200, height: 100 };
	expect(place({ anchor: at(20, 20), size, window, align: 'start' })).toEqual({ left: 20, top: 54 });
	expect(place({ anchor: at(300, 20), size, window, align: 'start' })).toEqual({ left: 192, top: 54 });
	expect(place({ anchor: at(20, 20), size, window, align: 'end' })).toEqual({ left: 8, top: 54 });
});

test('where there is no room below it stands above, and a tall one at the lower edge', () => {
	expect(place({ anchor: at(20, 250), size: { width: 200, height: 100 }, window, align: 'start' }).top).toBe(144);
	expect(place({ anchor: at(20, 150), size: { width: 200, height: 280 }, window, align: 'start' }).top).toBe(12);
});
