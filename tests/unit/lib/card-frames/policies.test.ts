import { expect, test } from 'vitest';
import { pageHeaders, scriptCardHeaders } from '$lib/card-frames/policies';

const page = { nonce: 'bm9uY2U=', cardsOrigin: 'https://cards.example.net' } as const;
const directive = (headers: Record<string, string>, name: string) =>
	headers['content-security-policy']!.split('; ').find((one) => one.startsWith(`${name} `));

test('a page runs its own scripts only, and its frames reach the cards host and nothing wider', () => {
	const headers = pageHeaders({ ...page, class: 'dashboard' });
	expect(directive(headers, 'script-src')).toBe("script-src 'nonce-bm9uY2U=' 'strict-dynamic'");
	expect(directive(headers, 'frame-src')).toBe('frame-src https://cards.example.net');
	expect(directive(headers, 'connect-src')).toBe("connect-src 'self'");
	expect(directive(headers, 'frame-ancestors')).toBe("frame-ancestors 'none'");
	expect(headers['connection-allowlist']).toBe('(response-origin "https://cards.example.net/*");redirects=allow');
});

test('only the editor may run WebAssembly, and only an upload reaches the storage host', () => {
	expect(directive(pageHeaders({ ...page, class: 'editor' }), 'script-src')).toContain("'wasm-unsafe-eval'");
	const storageOrigin = 'https://s3.example.com';
	const upload = pageHeaders({ ...page, class: 'upload', storageOrigin });
	expect(directive(upload, 'connect-src')).toBe("connect-src 'self' https://s3.example.com");
	expect(upload['connection-allowlist']).toContain('"https://s3.example.com/*"');
	expect(directive(pageHeaders({ ...page, class: 'dashboard', storageOrigin }), 'connect-src')).toBe(
		"connect-src 'self'",
	);
});

test('a script card is sandboxed by its own answer and framed by the app alone', () => {
	const headers = scriptCardHeaders({ appOrigin: 'https://bi.example.com', maxAge: 60 });
	expect(headers['content-security-policy']).toMatch(/^sandbox allow-scripts; default-src 'none';/);
	expect(directive(headers, 'frame-ancestors')).toBe('frame-ancestors https://bi.example.com');
	expect(headers['connection-allowlist']).toBe('()');
	expect(headers['cache-control']).toBe('private, max-age=60, immutable');
});
