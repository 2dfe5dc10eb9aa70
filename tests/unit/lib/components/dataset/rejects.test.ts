import { expect, test } from 'vitest';
import { rejectsCsv } from '$lib/components/dataset/rejects';

test('the list of rejects is CSV that a spreadsheet opens and does not run', async () => {
	const csv = rejectsCsv([
		{ line: 3, reason: 'too_few_fields', detail: '2 fields instead of 3' },
		{ line: 9, reason: 'broken_quote', detail: '=1+1 "x"' },
	]);
	const bytes = new Uint8Array(await csv.arrayBuffer());
	expect(bytes.slice(0, 3)).toEqual(new Uint8Array([0xef, 0xbb, 0xbf]));
	expect(new TextDecoder().decode(bytes)).toBe(
		'line,reason,detail\r\n"3","too_few_fields","2 fields instead of 3"\r\n"9","broken_quote","\'=1+1 ""x"""\r\n',
	);
});
