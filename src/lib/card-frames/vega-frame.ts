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
		uri.startsWith('data:image/')
			? Promise.resolve({ href: uri })
			: Promise.reject(new Error('links are not followed')),
};

/** Inks that only the frame knows; they go before a specification's own. */
function inksOf(theme: Theme): Config {
	return {
		background: 'transparent',
		font: theme.font,
		view: { stroke: null },
		axis: {
			domainColor: theme.axis,
			domainOpacity: 1,
			gridColor: theme.grid,
			gridOpacity: 1,
			tickColor: theme.axis,
			tickOpacity: 1,
			labelColor: theme.faint,
			titleColor: theme.muted,
		},
		legend: { labelColor: theme.muted, titleColor: theme.muted },
		title: { color: theme.text },
		range: { ramp: theme.ramp, heatmap: theme.ramp, ordinal: theme.ramp },
	} as Config;
}

/** What a chart looks like where its author said nothing. */
function habitsOf(theme: Theme): Config {
	return {
		axis: { labelFontSize: 11, titleFontSize: 12, titleFontWeight: 500 },
		axisX: { grid: false },
		axisY: { domain: false, ticks: false },
		legend: { orient: 'top', labelFontSize: 12 },
		title: { fontSize: 13, anchor: 'start' },
		text: { color: theme.text },
		mark: { color: theme.palette[0] },
		range: { category: theme.palette },
	} as Config;
}

/** Later ones win, within each part of a configuration. */
function joined(...configs: Config[]): Config {
	const result: Record<string, unknown> = {};
	for (const [key, value] of configs.flatMap((config) => Object.entries(config))) {
		const isPart = typeof value === 'object' && value !== null && !Array.isArray(value);
		result[key] = isPart ? { ...(result[key] as object), ...value } : value;
	}
	return result as Config;
}

/** A single view fills its frame unless its author gave it a size; facets and concatenations keep theirs and scroll. */
function fill(spec: Record<string, unknown>): Record<string, unknown> {
	const single = 'mark' in spec || 'layer' in spec;
	if (!single) return spec;
	return {
		autosize: { type: 'fit', contains: 'padding' },
		...spec,
		width: spec.width ?? 'container',
		height: spec.height ?? 'container',
	};
}

function vegaOf(spec: Record<string, unknown>, theme: Theme): Spec {
	if (String(spec.$schema).includes('/vega/')) return spec as Spec;
	const config = joined(habitsOf(theme), (spec.config ?? {}) as Config, inksOf(theme));
	return compile({ ...fill(spec), background: undefined, config } as unknown as TopLevelSpec).spec;
}

let current: View | undefined;

const draw: Draw = async (box, spec, theme) => {
	current?.finalize();
	const size = 'position:absolute;inset:0;overflow:auto';
	box.innerHTML = '';
	const holder = box.appendChild(document.createElement('div'));
	holder.style.cssText = size;
	const runtime = parse(vegaOf(spec as Record<string, unknown>, theme), joined(habitsOf(theme), inksOf(theme)), {
		ast: true,
	});
	current = new View(runtime, {
		expr: expressionInterpreter,
		loader: sealed as never,
		renderer: 'svg',
		container: holder,
		hover: true,
	} as never);
	await current.runAsync();
};

(globalThis as typeof globalThis & { CardVega: VegaFrame }).CardVega = { draw };
