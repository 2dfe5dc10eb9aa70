// Runs inside figure frames. `figureShell` ships its source text, so it may use nothing but its arguments and the browser.

interface Theme {
	text: string;
	muted: string;
	faint: string;
	raised: string;
	border: string;
	axis: string;
	grid: string;
	font: string;
	palette: string[];
	/** From little to much: paper to the first colour of the palette. */
	ramp: string[];
}
/** What the vega library of `vega-frame.ts` puts on the frame's window. */
export interface VegaFrame {
	draw(box: HTMLElement, spec: unknown, theme: Theme): Promise<void>;
}
interface PlotlyElement extends HTMLElement {
	on(event: string, listen: (event: { points: Record<string, unknown>[] }) => void): void;
}
interface Specification {
	$schema?: string;
	data?: { type?: string }[];
	layout?: Record<string, unknown>;
}
interface FrameWindow {
	Plotly?: { react(box: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<PlotlyElement> };
	CardVega?: VegaFrame;
}

/**
 * Draws what the page at `origin` sends, in the colours of the theme; `nonce` lets the library's text run. Specifications are made
 * with `lightPalette`: its colours stand for those of the theme in force.
 */
export function figureLoader(origin: string, nonce: string, lightPalette: string[]): void {
	const frame = globalThis as typeof globalThis & FrameWindow;
	const box = document.getElementById('figure') as HTMLElement;
	let spec: Specification | undefined;
	let listening = false;

	const say = (message: object) => parent.postMessage({ v: 1, ...message }, origin);

	/** Custom properties hold `light-dark(…)` as text; only a real property resolves it. */
	function theme(): Theme {
		const resolve = (token: string) => {
			box.style.color = `var(--${token})`;
			return getComputedStyle(box).color;
		};
		const palette = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => resolve(`chart-${n}`));
		const raised = resolve('raised');
		const read = {
			text: resolve('text'),
			muted: resolve('muted'),
			faint: resolve('faint'),
			raised,
			border: resolve('border'),
			axis: resolve('border-strong'),
			grid: resolve('grid'),
			font: getComputedStyle(document.body).fontFamily,
			palette,
			ramp: [0.06, 0.14, 0.24, 0.36, 0.46, 0.82, 1].map((share) => mix(raised, palette[0] ?? raised, share)),
		};
		box.style.color = '';
		return read;
	}

	/** Between two colours as browsers compute them, `rgb(r, g, b)`. */
	function mix(from: string, to: string, share: number): string {
		const parts = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
		const end = parts(to);
		return `rgb(${parts(from)
			.slice(0, 3)
			.map((part, i) => Math.round(part + ((end[i] ?? part) - part) * share))
			.join(', ')})`;
	}

	/** A copy in which the colours of the light palette are those of the theme. Long lists are data and stay as they are. */
	function recoloured(value: unknown, t: Theme): unknown {
		if (typeof value === 'string')
			return t.palette[lightPalette.findIndex((color) => color.toLowerCase() === value.toLowerCase())] ?? value;
		if (typeof value !== 'object' || value === null) return value;
		if (Array.isArray(value)) return value.length > 100 ? value : value.map((one) => recoloured(one, t));
		return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, recoloured(one, t)]));
	}

	/** What a figure looks like where its author said nothing: what the author did say stays, but for ink and paper. */
	function layoutOf(given: Record<string, unknown>, t: Theme): Record<string, unknown> {
		const clear = 'rgba(0,0,0,0)';
		const pies = (spec?.data ?? []).every((trace) => trace.type === 'pie');
		const place = pies ? { x: 1.05, y: 0.5, yanchor: 'middle' } : { orientation: 'h', x: 0, y: 1, yanchor: 'bottom' };
		const axis = {
			gridcolor: t.grid,
			zerolinecolor: t.grid,
			linecolor: t.axis,
			automargin: true,
			tickfont: { size: 11, color: t.faint },
		};
		return {
			...given,
			width: undefined,
			height: undefined,
			autosize: true,
			paper_bgcolor: clear,
			plot_bgcolor: clear,
			font: { size: 12, family: t.font, ...(given.font as object), color: t.text },
			template: {
				layout: {
					colorway: t.palette,
					margin: pies ? { l: 4, r: 4, t: 4, b: 4 } : { l: 44, r: 8, t: 8, b: 32 },
					xaxis: { ...axis, showgrid: false, showline: true, zeroline: false },
					yaxis: axis,
					// A place of the author's own is not half ours.
					legend: { font: { size: 12, color: t.muted }, ...(given.legend ? {} : place) },
					hoverlabel: { bgcolor: t.raised, bordercolor: t.border, font: { color: t.text, family: t.font } },
					hovermode: 'closest',
					colorscale: { sequential: t.ramp.map((color, i) => [i / (t.ramp.length - 1), color]) },
					coloraxis: { colorbar: { outlinewidth: 0, thickness: 12 } },
				},
				data: { pie: [{ marker: { line: { color: t.raised, width: 1.5 } }, textposition: 'inside' }] },
			},
		};
	}

	async function draw(): Promise<void> {
		if (!spec) return;
		const t = theme();
		const shown = recoloured(spec, t) as Specification;
		if (frame.CardVega) return frame.CardVega.draw(box, shown, t);
		if (!frame.Plotly) throw new Error('the chart library is missing');
		const config = { responsive: true, displaylogo: false, displayModeBar: false, showSendToCloud: false };
		const plot = await frame.Plotly.react(box, shown.data, layoutOf(shown.layout ?? {}, t), config);
		if (listening) return;
		listening = true;
		plot.on('plotly_click', ({ points }) => {
			const point = (p: Record<string, unknown>) => ({
				x: p.x,
				y: p.y,
				label: p.label,
				trace: (p.data as { name?: string }).name,
			});
			say({ t: 'select', points: points.slice(0, 100).map(point) });
		});
	}

	function run(text: string): void {
		const script = document.createElement('script');
		script.nonce = nonce;
		script.textContent = text;
		document.head.append(script);
		script.remove();
	}

	addEventListener('message', async ({ source, origin: from, data }) => {
		if (source !== parent || from !== origin || data?.v !== 1) return;
		if (data.t === 'hello') return say({ t: 'ready' });
		try {
			if (data.t === 'figure') {
				if (data.lib && !frame.Plotly && !frame.CardVega) run(data.lib);
				spec = data.spec;
			}
			await draw();
			say({ t: 'drawn' });
		} catch (error) {
			say({ t: 'failed', message: String(error).slice(0, 300) });
		}
	});
	say({ t: 'ready' });
}
