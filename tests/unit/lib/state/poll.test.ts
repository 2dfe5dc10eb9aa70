import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { poll, type Poll } from '$lib/state/poll';

const page = Object.assign(new EventTarget(), { hidden: false });
let going: Poll | undefined;
let asked = 0;

beforeEach(() => {
	vi.useFakeTimers();
	vi.stubGlobal('document', page);
	[asked, page.hidden] = [0, false];
});
afterEach(() => {
	going?.stop();
	vi.useRealTimers();
	vi.unstubAllGlobals();
});

function start(pause: number, tookMs = 0): void {
	going = poll(async () => {
		asked++;
		if (tookMs > 0) await new Promise((resolve) => setTimeout(resolve, tookMs));
		return pause;
	});
}
function show(shown: boolean): void {
	page.hidden = !shown;
	page.dispatchEvent(new Event('visibilitychange'));
}
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

test('asks at once and then after each pause', async () => {
	start(1000);
	await pass(0);
	expect(asked).toBe(1);
	await pass(3000);
	expect(asked).toBe(4);
});

test('asks nothing while the page is hidden, and at once when it shows again', async () => {
	start(1000);
	await pass(0);
	show(false);
	await pass(60_000);
	expect(asked).toBe(1);
	show(true);
	await pass(0);
	expect(asked).toBe(2);
	await pass(1000);
	expect(asked).toBe(3);
});

test('asks once more when it is told to in the middle of an answer, never two at the same time', async () => {
	start(10_000, 500);
	await pass(100);
	going?.now();
	going?.now();
	expect(asked).toBe(1);
	await pass(500);
	expect(asked).toBe(2);
	await pass(5000);
	expect(asked).toBe(2);
});

test('is over when it is stopped, also in the middle of an answer', async () => {
	start(1000, 500);
	await pass(100);
	going?.stop();
	await pass(60_000);
	show(true);
	await pass(1000);
	expect(asked).toBe(1);
});
