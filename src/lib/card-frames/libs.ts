// The chart libraries of figure frames: immutable assets, each fetched once a page however many frames want it.
import basic from 'plotly.js-basic-dist-min/plotly-basic.min.js?url';
import cartesian from 'plotly.js-cartesian-dist-min/plotly-cartesian.min.js?url';
import strict from 'plotly.js-strict-dist-min/plotly-strict.min.js?url';
// A worker's bundle is what is wanted here: one classic script with everything in it. No worker is started.
import vega from './vega-frame?worker&url';
import type { LibName } from './messages';

const URLS: Record<LibName, string> = {
	'plotly-basic': basic,
	'plotly-cartesian': cartesian,
	'plotly-strict': strict,
	vega,
};

/** Each plotly bundle draws all that those before it draw. */
const PLOTLY: LibName[] = ['plotly-basic', 'plotly-cartesian', 'plotly-strict'];

const texts = new Map<LibName, Promise<string>>();
let widest = 0;

/**
 * The text of the library a figure asks for. Of the plotly bundles a page takes the widest that was asked for so far: equal text
 * in every frame is compiled once. A failed transfer is tried anew the next time.
 */
export async function libText(wanted: LibName): Promise<string> {
	widest = Math.max(widest, PLOTLY.indexOf(wanted));
	await undefined; // figures that are adopted together ask together, and get one bundle
	const name = PLOTLY.includes(wanted) ? (PLOTLY[widest] ?? wanted) : wanted;
	let text = texts.get(name);
	if (!text) {
		text = fetchText(URLS[name]);
		text.catch(() => texts.delete(name));
		texts.set(name, text);
	}
	return text;
}

async function fetchText(url: string): Promise<string> {
	const response = await fetch(url);
	if (!response.ok) throw new Error(`${response.status} ${url}`);
	return response.text();
}
