// The attributes that put a card's content into its frame. Knows the DOM contract of card frames.
import { errorShell, staticShell } from '$lib/card-frames/shells';
import type { Envelope } from '../../render/outcome';
import type { FrameContent } from '../../render/page-contents';

const encoder = new TextEncoder();

/** A text as it is sent. */
export function bytesOf(text: string): Uint8Array {
	return encoder.encode(text);
}

/** A frame that waits for its content. */
export const EMPTY_FRAME = written({ sandbox: '' });

/** @param figure the document of figures, with this answer's nonce */
export function contentAttributes({ envelope, url }: FrameContent, figure: string): Uint8Array {
	const { kind, body, libs } = envelope;
	switch (kind) {
		case 'html':
			return staticAttributes(envelope);
		case 'figure':
			return written({
				...about(envelope),
				sandbox: 'allow-scripts',
				srcdoc: figure,
				'data-libs': libs.join(' '),
				'data-figure': body,
			});
		case 'script':
			return written({
				...about(envelope),
				sandbox: 'allow-scripts',
				allow: '',
				referrerpolicy: 'no-referrer',
				src: url ?? 'about:blank',
			});
	}
}

/** Why a card has no content. */
export function failureAttributes(message: string): Uint8Array {
	return written({ 'data-kind': 'error', sandbox: '', srcdoc: errorShell({ message }) });
}

/** Those of static cards are the same in every answer, and most of a page: made once for a body that stays in memory. */
const statics = new WeakMap<Envelope, Uint8Array>();

function staticAttributes(envelope: Envelope): Uint8Array {
	let attributes = statics.get(envelope);
	if (attributes === undefined) {
		attributes = written({ ...about(envelope), sandbox: '', srcdoc: staticShell({ html: envelope.body }) });
		statics.set(envelope, attributes);
	}
	return attributes;
}

function about({ kind, renderedAt }: Envelope): Record<string, string> {
	return { 'data-kind': kind, 'data-rendered-at': renderedAt };
}

function written(attributes: Record<string, string>): Uint8Array {
	const texts = Object.entries(attributes).map(
		([name, value]) => ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`,
	);
	return bytesOf(texts.join(''));
}
