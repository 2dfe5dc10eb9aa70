// The attributes that put a card's content into its frame. Knows the DOM contract of card frames.
import { errorShell, staticShell } from '$lib/card-frames/shells';
import type { Envelope } from '../../render/outcome';
import type { FrameContent } from '../../render/page-contents';

/** A frame that waits for its content. */
export const EMPTY_FRAME = written({ sandbox: '' });

/** @param figure the document of figures, with this answer's nonce */
export function contentAttributes({ envelope, url }: FrameContent, figure: string): string {
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
export function failureAttributes(message: string): string {
	return written({ 'data-kind': 'error', sandbox: '', srcdoc: errorShell({ message }) });
}

/** Those of static cards are the same in every answer, and most of a page: made once for a body that stays in memory. */
const statics = new WeakMap<Envelope, string>();

function staticAttributes(envelope: Envelope): string {
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

function written(attributes: Record<string, string>): string {
	return Object.entries(attributes)
		.map(([name, value]) => ` ${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`)
		.join('');
}
