import { expect, test } from 'vitest';
import { keepTail } from '../../../../../src/worker/entities/dataset/tail';

test('the tail of a stream is its last bytes, however it was cut, and the stream is whole', async () => {
	const content = new Uint8Array(1000).map((_, index) => index);
	for (const size of [1, 7, 64, 999, 1000, 5000]) {
		for (const bytes of [1, 64, 1000, 2000]) {
			let at = 0;
			const source = new ReadableStream<Uint8Array>({
				pull(controller) {
					if (at >= content.length) return controller.close();
					controller.enqueue(content.slice(at, at + size));
					at += size;
				},
			});
			const { stream, tail } = keepTail(source, bytes);
			expect(new Uint8Array(await new Response(stream as BodyInit).arrayBuffer())).toEqual(content);
			expect(tail()).toEqual(content.slice(-bytes));
		}
	}
});
