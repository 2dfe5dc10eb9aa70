// A request body of known length and digest, checked while it flows. Uses workerd's FixedLengthStream and DigestStream.
import { AppError } from '../../errors';
import type { Body } from './port';

export interface CheckedBody {
	/** What `fetch` sends, with a Content-Length. */
	readable: ReadableStream<Uint8Array>;
	/** Resolves once all bytes passed and their digest was right; rejects otherwise. */
	checked: Promise<void>;
}

/** Wraps a body so that a wrong length breaks the request and a wrong digest rejects `checked`. */
export function checkedBody({ stream, bytes, sha256 }: Body): CheckedBody {
	const fixed = new FixedLengthStream(bytes);
	if (sha256 === undefined) return { readable: fixed.readable, checked: stream.pipeTo(fixed.writable) };
	const digest = new crypto.DigestStream('SHA-256');
	const digestWriter = digest.getWriter();
	const tapped = stream.pipeThrough(
		new TransformStream<Uint8Array, Uint8Array>({
			async transform(chunk, controller) {
				await digestWriter.write(chunk);
				controller.enqueue(chunk);
			},
			flush: () => digestWriter.close(),
		}),
	);
	const checked = tapped.pipeTo(fixed.writable).then(async () => {
		if (hex(await digest.digest) !== sha256) {
			throw new AppError('UPSTREAM_UNAVAILABLE', {
				message: 'the digest of a stored body differs from what was announced',
			});
		}
	});
	return { readable: fixed.readable, checked };
}

function hex(buffer: ArrayBuffer): string {
	return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
