import { describe, expect, test } from 'vitest';
import * as xml from '../../../../../src/worker/infra/s3/xml';

describe('the XML of S3', () => {
	test('gives keys back as they were, entities decoded', () => {
		const page =
			'<R><Contents><Key>a&amp;b &lt;&#x6771;&#20140;&gt;.csv</Key></Contents>\n<Contents><Key>c</Key></Contents></R>';
		expect(xml.elements(page, 'Contents').map((entry) => xml.text(entry, 'Key'))).toEqual(['a&b <東京>.csv', 'c']);
	});

	test('lacks what is not in it', () => {
		expect(xml.text('<R></R>', 'NextContinuationToken')).toBeNull();
		expect(xml.elements('<R/>', 'Contents')).toEqual([]);
	});

	test('escapes what would end an element', () => {
		expect(xml.escape('<&>"')).toBe('&#60;&#38;&#62;"');
	});
});
