import { expect, test } from 'vitest';
import { spend, type Window } from '../../../../src/worker/durable/window';

const START = 1_000_000;

/** Spends one after the other, each at so many seconds after the start. */
function spendings(most: number, uses: [seconds: number, amount: number][]) {
	let window: Window | null = null;
	return uses.map(([seconds, amount]) => {
		const { window: next, ...told } = spend(window, { most, amount, now: START + seconds * 1000 });
		window = next;
		return told;
	});
}

test('so much is allowed within a window, and what is left is told', () => {
	expect(
		spendings(3, [
			[0, 1],
			[10, 2],
			[20.5, 1],
		]),
	).toEqual([
		{ allowed: true, remaining: 2, reset: 60 },
		{ allowed: true, remaining: 0, reset: 50 },
		{ allowed: false, remaining: 0, reset: 40 },
	]);
});

test('the next window begins with the first use after the last one ended', () => {
	expect(
		spendings(1, [
			[0, 1],
			[60, 1],
			[119, 1],
		]),
	).toEqual([
		{ allowed: true, remaining: 0, reset: 60 },
		{ allowed: true, remaining: 0, reset: 60 },
		{ allowed: false, remaining: 0, reset: 1 },
	]);
});

test('what is refused uses up nothing', () => {
	const [, refused, allowed] = spendings(10, [
		[0, 5],
		[1, 6],
		[2, 5],
	]);
	expect(refused).toMatchObject({ allowed: false, remaining: 5 });
	expect(allowed).toMatchObject({ allowed: true, remaining: 0 });
});
