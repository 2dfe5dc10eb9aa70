import { describe, expect, test } from 'vitest';
import { renderText } from '../../../../src/worker/render/text-card';

describe('a text card', () => {
	test('is Markdown, with tables', () => {
		expect(renderText('# Sales\n\nUp **12 %**.')).toBe('<h1>Sales</h1>\n<p>Up <strong>12 %</strong>.</p>');
		expect(renderText('| a | b |\n| - | -: |\n| 1 | 2 |')).toContain('<td align="right">2</td>');
	});

	test.each([
		['<script>alert(1)</script>', '<script'],
		['<img src=x onerror=alert(1)>', '<img'],
		['text <b onclick="x()">bold</b>', '<b '],
		['<!-- hidden -->', '<!--'],
	])('shows HTML as text: %s', (text, tag) => {
		expect(renderText(text)).not.toContain(tag);
		expect(renderText(text)).toContain('&lt;');
	});

	test.each(['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', 'vbscript:x'])(
		'links to nothing that runs: %s',
		(target) => {
			expect(renderText(`[x](${target})`)).toBe('<p><a href="">x</a></p>');
		},
	);
});
