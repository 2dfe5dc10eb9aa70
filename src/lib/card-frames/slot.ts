// One card's place on a page: holds the frame that shows, and the next one until it has something to show. Knows no grid.
import { admit, redraw, type Figure } from './host';
import type { FromFrame, LibName } from './messages';
import type * as Shells from './shells';

/** What belongs in a frame. `body`: HTML, or the specification of a figure as JSON; empty for `script`, which loads `url`. */
export interface Content {
	key: string;
	kind: 'html' | 'figure' | 'script';
	body: string;
	url: string | null;
	libs: readonly string[];
}
interface Events {
	/** Something shows: the body is in its frame. */
	shown: () => void;
	failed: (message: string) => void;
	/** The frame spoke too much and is gone. */
	stopped: () => void;
}

/** Milliseconds after which a new frame takes the old one's place though it has not said that it is drawn. */
const PATIENCE_MS = 5000;

/** A page whose cards all came with it never needs these. */
const loadShells = () => import('./shells');

/**
 * Frames are never re-navigated: a new one stands behind until it has loaded, so old content stays meanwhile, and the session
 * history, which `srcdoc` would otherwise grow, stays that of the page.
 */
export class FrameSlot {
	#frame: HTMLIFrameElement;
	#leave: () => void = () => undefined;
	#abandon: () => void = () => undefined;
	#events: Events;
	/** Counts what was to be shown, so that only the last of it is. */
	#turn = 0;

	/** Adopts a frame the page was served with. Whether it holds content already, `adopted` says. */
	constructor(frame: HTMLIFrameElement, events: Events) {
		this.#frame = frame;
		this.#events = events;
		const { kind, figure, libs } = frame.dataset;
		if (kind === undefined) {
			void loadShells();
			return;
		}
		const drawn =
			kind === 'figure' && figure ? { lib: libOf(libs?.split(' ') ?? []), spec: JSON.parse(figure) } : undefined;
		delete frame.dataset.figure;
		this.#leave = admit(frame, { figure: drawn, listen: (message) => this.#heard(message) });
		if (kind !== 'figure') events.shown();
	}

	/** Key of the content that stands in the frame; null when it is empty. */
	get key(): string | null {
		return this.#frame.dataset.kind === undefined ? null : (this.#frame.dataset.key ?? null);
	}

	async show(content: Content): Promise<void> {
		this.#abandon();
		const turn = ++this.#turn;
		const figure = content.kind === 'figure' ? { lib: libOf(content.libs), spec: JSON.parse(content.body) } : undefined;
		if (figure && redraw(this.#frame, figure)) {
			this.#frame.dataset.key = content.key;
			return;
		}
		const shells = await loadShells();
		if (turn === this.#turn) this.#replace(frameFor(this.#frame, content, shells), figure);
	}

	destroy(): void {
		this.#turn += 1;
		this.#abandon();
		this.#leave();
	}

	#replace(next: HTMLIFrameElement, figure: Figure | undefined): void {
		const old = this.#frame;
		let settled = false;
		const settle = () => {
			if (settled) return;
			settled = true;
			clearTimeout(timer);
			this.#leave();
			old.remove();
			next.classList.remove('incoming');
			next.dataset.card = old.dataset.card;
			this.#frame = next;
			this.#leave = leave;
			this.#abandon = () => undefined;
		};
		const leave = admit(next, {
			figure,
			listen: (message) => {
				if (message.t === 'drawn' || message.t === 'failed') settle();
				this.#heard(message);
			},
		});
		const timer = setTimeout(settle, PATIENCE_MS);
		this.#abandon = () => {
			clearTimeout(timer);
			leave();
			next.remove();
		};
		if (!figure) {
			next.addEventListener(
				'load',
				() => {
					settle();
					this.#events.shown();
				},
				{ once: true },
			);
		}
		old.after(next);
	}

	#heard(message: FromFrame | { t: 'stopped' }): void {
		if (message.t === 'drawn') this.#events.shown();
		else if (message.t === 'failed') this.#events.failed(message.message);
		else if (message.t === 'stopped') this.#events.stopped();
		else if (message.t === 'height') this.#frame.style.height = `${message.px}px`;
	}
}

function frameFor(old: HTMLIFrameElement, content: Content, shells: typeof Shells): HTMLIFrameElement {
	const frame = document.createElement('iframe');
	frame.title = old.title;
	frame.className = `${old.className} incoming`;
	frame.dataset.key = content.key;
	frame.dataset.kind = content.kind;
	frame.setAttribute('sandbox', content.kind === 'html' ? '' : 'allow-scripts');
	if (content.kind === 'html') frame.srcdoc = shells.staticShell({ html: content.body });
	else if (content.kind === 'figure')
		frame.srcdoc = shells.figureShell({ nonce: pageNonce(), origin: location.origin });
	else {
		frame.setAttribute('allow', '');
		frame.referrerPolicy = 'no-referrer';
		frame.src = content.url ?? 'about:blank';
	}
	return frame;
}

/** The browser hides a nonce from selectors and markup, not from scripts. */
function pageNonce(): string {
	return document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
}

function libOf(libs: readonly string[]): LibName {
	return (libs[0] as LibName | undefined) ?? 'plotly-basic';
}
