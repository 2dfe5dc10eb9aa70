// The vega library of figure frames, bundled to one text. Expressions run on vega's interpreter: the page's policy knows no eval.
// A specification brings its own data; nothing is fetched.
import { expressionInterpreter } from 'vega-interpreter';
import { compile, type TopLevelSpec } from 'vega-lite';
import { loader, parse, View, type Config, type Spec } from 'vega';
import type { VegaFrame } from './figure-loader';

type Draw = VegaFrame['draw'];
type Theme = Parameters<Draw>[2];

/** Cards draw from the data they carry. Images may be data, links lead nowhere. */
const sealed = {
	...loader(),
	load: () => Promise.reject(new Error('a chart draws from its own data; nothing is loaded from elsewhere')),
	sanitize: (uri: string) =>
		uri.startsWith('data:image/') ? Promise.resolve({ href: uri }) : Promise.reject(new Error('links are not followed')),
};

function configOf(theme: Theme): Config {
	const axis = {
		domainColor: theme.axis,
		gridColor: theme.grid,
		tickColor: theme.axis,
		labelColor: theme.faint,
		titleColor: theme.muted,
		labelFontSize: 11,
		titleFontSize: 12,
		titleFontWeight: 500,
	} as const;
	return {
		background: 'transparent',
		font: theme.font,
		view: { stroke: null },
		axis,
		axisX: { grid: false },
		axisY: { domain: false, ticks: false },
		legend: { labelColor: theme.muted, titleColor: theme.muted, orient: 'top', labelFontSize: 12 },
		title: { color: theme.text, fontSize: 13, anchor: 'start' },
		header: { labelColor: theme.muted, titleColor: theme.muted },
		text: { color: theme.text },
		mark: { color: theme.palette[0] },
		range: { category: theme.palette, ramp: [theme.grid, theme.palette[0]], heatmap: [theme.grid, theme.palette[0]] },
	} as Config;
}

/** A single view fills its frame unless its author gave it a size; facets and concatenations keep theirs and scroll. */
function fill(spec: Record<string, unknown>): Record<string, unknown> {
	const single = 'mark' in spec || 'layer' in spec;
	if (!single) return spec;
	return { autosize: { type: 'fit', contains: 'padding' }, ...spec, width: spec.width ?? 'container', height: spec.height ?? 'container' };
}

/** The author's own `config` wins over the house's, but for paper. */
function themed(spec: Record<string, unknown>, theme: Theme): Spec {
	const isVega = String(spec.$schema).includes('/vega/');
	if (isVega) return spec as Spec;
	const { view: _size, background: _paper, ...given } = (spec.config ?? {}) as Record<string, unknown>;
	const house = configOf(theme) as Record<string, unknown>;
	const config = { ...house, ...given, background: 'transparent' };
	return compile({ ...fill(spec), background: undefined, config } as unknown as TopLevelSpec, { config: house as never }).spec;
}

let current: View | undefined;

const draw: Draw = async (box, spec, theme) => {
	current?.finalize();
	const size = 'position:absolute;inset:0;overflow:auto';
	box.innerHTML = '';
	const holder = box.appendChild(document.createElement('div'));
	holder.style.cssText = size;
	const runtime = parse(themed(spec as Record<string, unknown>, theme), configOf(theme), { ast: true });
	current = new View(runtime, { expr: expressionInterpreter, loader: sealed as never, renderer: 'svg', container: holder, hover: true } as never);
	await current.runAsync();
};

(globalThis as typeof globalThis & { CardVega: VegaFrame }).CardVega = { draw };
