// Asks again and again while somebody is looking. Knows not what is asked.

export interface Poll {
	/** Asks now instead of after the pause. */
	now(): void;
	stop(): void;
}

/**
 * Calls `ask` at once, and again after the pause that it answers. While the page is hidden nothing is asked; once it shows
 * again, that comes first.
 * @param ask must not fail; answers milliseconds
 */
export function poll(ask: () => Promise<number>): Poll {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let asking = false;
	let again = false;
	let stopped = false;

	async function step(): Promise<void> {
		clearTimeout(timer);
		if (asking || document.hidden) {
			again = true;
			return;
		}
		[asking, again] = [true, false];
		const pause = await ask();
		asking = false;
		if (!stopped) timer = setTimeout(step, again ? 0 : pause);
	}
	const shown = () => {
		if (!document.hidden) void step();
	};

	document.addEventListener('visibilitychange', shown);
	void step();
	return {
		now: () => void step(),
		stop() {
			stopped = true;
			clearTimeout(timer);
			document.removeEventListener('visibilitychange', shown);
		},
	};
}
