// The page's side of card frames: feeds figures, meters and reads messages, believes nothing. Knows no card and no grid.
import { libText } from './libs';
import { MESSAGE_LIMIT, readMessage, type FromFrame, type LibName, type ToFrame } from './messages';

export interface Figure {
	lib: LibName;
	spec: unknown;
}
interface Guest {
	figure: Figure | null;
	/** The library's text is in the frame. */
	equipped: boolean;
	listen: (message: FromFrame | { t: 'stopped' }) => void;
	meter: { since: number; count: number };
}

/** Static and figure frames share a process: static ones paint first, but no longer than this many milliseconds. */
const STATIC_FIRST_MS = 800;

const guests = new Map<HTMLIFrameElement, Guest>();
let painted: Promise<void> | undefined;

/** The load event of a page waits for its frames. */
function staticPainted(): Promise<void> {
	return (painted ??= new Promise((resolve) => {
		if (document.readyState === 'complete') return resolve();
		addEventListener('load', () => resolve(), { once: true });
		setTimeout(resolve, STATIC_FIRST_MS);
	}));
}

/**
 * Takes a frame in: `figure` is sent to it once it is ready, `listen` hears what it says and `stopped` when it said too much
 * and was removed. Returns what ends the acquaintance.
 */
export function admit(frame: HTMLIFrameElement, options: { figure?: Figure; listen: Guest['listen'] }): () => void {
	watch();
	const meter = { since: performance.now(), count: 0 };
	guests.set(frame, { figure: options.figure ?? null, equipped: false, listen: options.listen, meter });
	if (options.figure) {
		// Under way while the frame is parsed; `feed` reports a failure.
		libText(options.figure.lib).catch(() => undefined);
		send(frame, { v: 1, t: 'hello' }); // it may have been ready before anybody listened
	}
	return () => void guests.delete(frame);
}

/** Draws another figure in a frame that holds one; false when that takes a library the frame lacks. */
export function redraw(frame: HTMLIFrameElement, figure: Figure): boolean {
	const guest = guests.get(frame);
	if (!guest?.figure || !guest.equipped || guest.figure.lib !== figure.lib) return false;
	guest.figure = figure;
	send(frame, { v: 1, t: 'figure', lib: null, spec: figure.spec });
	return true;
}

/** Figures read their colours anew once the new `color-scheme` has reached their frames, which takes a rendered frame. */
function retheme(): void {
	requestAnimationFrame(() =>
		requestAnimationFrame(() => {
			for (const [frame, guest] of guests) if (guest.equipped) send(frame, { v: 1, t: 'theme' });
		}),
	);
}

let watching = false;

/** Starts with the first frame and lasts as long as the page. */
function watch(): void {
	if (watching) return;
	watching = true;
	addEventListener('message', hear);
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', retheme);
	new MutationObserver(retheme).observe(document.documentElement, { attributeFilter: ['data-theme'] });
}

// An opaque origin is "null" to the sender: the target cannot be named, and the frame checks who speaks.
const send = (frame: HTMLIFrameElement, message: ToFrame) => frame.contentWindow?.postMessage(message, '*');

async function hear(event: MessageEvent): Promise<void> {
	const found = [...guests].find(([frame]) => frame.contentWindow === event.source);
	if (!found) return;
	const [frame, guest] = found;
	// Before `event.data` is read: reading decodes it.
	if (tooMany(guest.meter)) {
		guests.delete(frame);
		frame.remove();
		return guest.listen({ t: 'stopped' });
	}
	const message = readMessage(event.data);
	if (!message) return;
	if (message.t === 'ready') await feed(frame, guest);
	guest.listen(message);
}

function tooMany(meter: Guest['meter']): boolean {
	const now = performance.now();
	if (now - meter.since > 1000) Object.assign(meter, { since: now, count: 0 });
	return ++meter.count > MESSAGE_LIMIT;
}

async function feed(frame: HTMLIFrameElement, guest: Guest): Promise<void> {
	if (!guest.figure || guest.equipped) return;
	guest.equipped = true;
	try {
		const lib = await libText(guest.figure.lib);
		await staticPainted();
		send(frame, { v: 1, t: 'figure', lib, spec: guest.figure.spec });
	} catch (error) {
		guest.equipped = false;
		guest.listen({ t: 'failed', message: `the chart library did not arrive: ${(error as Error).message}` });
	}
}
