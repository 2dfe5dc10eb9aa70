// What axe finds on a page.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Rule, and the first elements, of everything around the frames of cards; empty when all is well. */
export async function axeFindings(page: Page): Promise<string[]> {
	await page.evaluate(AXE);
	const { violations } = await page.evaluate(
		(tags) =>
			(globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
				runOnly: tags,
				iframes: false,
			}),
		TAGS,
	);
	return violations.map(({ id, nodes }) => {
		const first = nodes.slice(0, 3).map(({ html }) => html.slice(0, 160));
		return `${id}: ${first.join(' | ')}`;
	});
}
