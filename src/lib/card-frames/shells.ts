// The documents inside card frames. Pure text, shared by the Worker and pages; knows neither HTTP nor the grid.
//
// The DOM contract between the page, the Worker that rewrites it, and the client that adopts it. The page renders, once a card:
//
//   <iframe data-card="<card id>" data-key="<key of the content that belongs here>" title="<name>" sandbox="" …></iframe>
//
// The Worker puts a body it has in the cache into that frame, by attributes alone, so that hydration finds the elements it expects:
//
//   kind    sandbox          content                                  further attributes
//   html    ""               srcdoc = staticShell({ html })           data-kind="html"
//   figure  "allow-scripts"  srcdoc = figureShell({ nonce, origin })  data-kind="figure" data-libs="plotly-basic" data-figure="<spec JSON>"
//   script  "allow-scripts"  src = signed URL on the cards host       data-kind="script" allow="" referrerpolicy="no-referrer"
//
// with `data-rendered-at="<ISO time>"` on each. A frame without `data-kind` is empty and the client asks for it. A card that
// failed while a page without JavaScript waited (`?render=wait`) gets `errorShell({ message })` and `data-kind="error"`.
import { BASE_CSS, FIGURE_CSS, LIGHT_PALETTE } from './base-css';
import { figureLoader } from './figure-loader';

/** Policy of a card without scripts. It only narrows what a srcdoc document already inherits from the page. */
const STATIC_CSP =
	"default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; form-action 'none'; base-uri 'none'";

const head = (csp: string, css: string) =>
	`<!doctype html><html lang=en><meta charset=utf-8><meta http-equiv=Content-Security-Policy content="${csp}"><title>Card</title><style>${css}</style>`;

/**
 * Takes the meaning from `<link>`, `<meta>` and `<base>`. Resource hints escape every policy (preconnect and dns-prefetch carry
 * data in a host name). Renamed, not cut: cutting `<li<link>nk>` would make one.
 */
export function disarmHints(html: string): string {
	return html.replace(/<(\/?)(link|meta|base)(?=[\s/>]|$)/gi, '<$1x-$2');
}

/** A table, an SVG, any HTML: for a frame with `sandbox=""`, in which nothing runs. */
export function staticShell(card: { html: string }): string {
	return `${head(STATIC_CSP, BASE_CSS)}<body>${disarmHints(card.html)}`;
}

/** A card that failed, for pages that have no script to say so. */
export function errorShell(error: { message: string }): string {
	const text = error.message.replace(/&/g, '&amp;').replace(/</g, '&lt;');
	return `${head(STATIC_CSP, BASE_CSS)}<body><p class=c-error role=alert>${text}</p>`;
}

/**
 * A figure, for a frame with `sandbox="allow-scripts"`: our loader only. The specification arrives as data by message, so nothing
 * untrusted is parsed as HTML or run. `nonce` is the page's own: a srcdoc document inherits the page's policy.
 */
export function figureShell(page: { nonce: string; origin: string }): string {
	const csp = `default-src 'none'; script-src 'nonce-${page.nonce}'; style-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'`;
	// A bundler that keeps function names wraps them in calls of its helper `__name`, which the frame lacks.
	const script = `var __name=(f)=>f;(${figureLoader})(${JSON.stringify(page.origin)},document.currentScript.nonce,${JSON.stringify(LIGHT_PALETTE)})`;
	return `${head(csp, FIGURE_CSS)}<body><div id=figure></div><script nonce="${page.nonce}">${script}</script>`;
}
