// The headers that keep card output where it belongs: those of pages, and those of the documents of script cards.
// Pure: the Worker decides which page is of which class.

/** `dashboard`: any page without further needs. `editor`: runs WebAssembly. `upload`: sends files to the storage host. */
export type PageClass = 'dashboard' | 'editor' | 'upload';

/**
 * Headers of every page. Frames inherit its policy (styles and data images of cards need what is allowed here); `frame-src` is
 * what stops a frame from navigating itself away with data, so it names the cards host and nothing wider. `Connection-Allowlist`
 * closes preconnect, DNS and WebRTC in browsers that have it; redirects are allowed, as the way to the log-in and back is one, and none of
 * ours leads to another host.
 */
export function pageHeaders(page: {
	/** Base64, new for each answer. */
	nonce: string;
	class: PageClass;
	/** Origin of the cards host. */
	cardsOrigin: string;
	/** Origin that uploads go to, when it is not the app's own. */
	storageOrigin?: string | null;
}): Record<string, string> {
	const storage = page.class === 'upload' && page.storageOrigin ? [page.storageOrigin] : [];
	const scripts = [
		`'nonce-${page.nonce}'`,
		`'strict-dynamic'`,
		...(page.class === 'editor' ? [`'wasm-unsafe-eval'`] : []),
	];
	const policy = [
		`default-src 'none'`,
		`script-src ${scripts.join(' ')}`,
		`style-src 'self' 'unsafe-inline'`,
		`img-src 'self' data: blob:`,
		`font-src 'self' data:`,
		`connect-src ${["'self'", ...storage].join(' ')}`,
		`manifest-src 'self'`,
		`frame-src ${page.cardsOrigin}`,
		`base-uri 'none'`,
		`form-action 'self'`,
		`frame-ancestors 'none'`,
	];
	const allowed = [page.cardsOrigin, ...storage].map((origin) => `"${origin}/*"`);
	return {
		'cache-control': 'private, no-store',
		'referrer-policy': 'same-origin',
		'x-content-type-options': 'nosniff',
		'content-security-policy': policy.join('; '),
		'connection-allowlist': `(response-origin ${allowed.join(' ')});redirects=allow`,
	};
}

const NO_FEATURES = [
	'camera',
	'microphone',
	'geolocation',
	'payment',
	'usb',
	'clipboard-read',
	'clipboard-write',
	'fullscreen',
	'display-capture',
	'identity-credentials-get',
	'publickey-credentials-get',
];

/** Headers of a script card's document on the cards host. `maxAge` in seconds: what is left of its signature. */
export function scriptCardHeaders(card: { appOrigin: string; maxAge: number }): Record<string, string> {
	return {
		'content-type': 'text/html; charset=utf-8',
		'cache-control': `private, max-age=${card.maxAge}, immutable`,
		'referrer-policy': 'no-referrer',
		'x-content-type-options': 'nosniff',
		'cross-origin-resource-policy': 'cross-origin',
		'content-security-policy': `sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; base-uri 'none'; form-action 'none'; frame-src 'none'; frame-ancestors ${card.appOrigin}`,
		'connection-allowlist': '()',
		'x-dns-prefetch-control': 'off',
		'permissions-policy': NO_FEATURES.map((feature) => `${feature}=()`).join(', '),
	};
}
