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
}
/** What the vega library of `vega-frame.ts` puts on the frame's window. */
export interface VegaFrame {
	draw(box: HTMLElement, spec: unknown, theme: Theme): Promise<void>;
}
interface PlotlyElement extends HTMLElement {
	on(event: string, listen: (event: { points: Record<string, unknown>[] }) => void): void;
}
interface FrameWindow {
	Plotly?: { react(box: HTMLElement, data: unknown, layout: unknown, config: unknown): Promise<PlotlyElement> };
	CardVega?: VegaFrame;
}

/** Draws what the page at `origin` sends, in the colours of the theme; `nonce` lets the library's text run. */
export function figureLoader(origin: string, nonce: string): void {
	const frame = globalThis as typeof globalThis & FrameWindow;
	const box = document.getElementById('figure') as HTMLElement;
	let spec: { $schema?: string; data?: object[]; layout?: Record<string, unknown> } | undefined;
	let listening = false;

	const say = (message: object) => parent.postMessage({ v: 1, ...message }, origin);

	/** Custom properties hold `light-dark(…)` as text; only a real property resolves it. */
	function theme(): Theme {
		const resolve = (token: string) => {
			box.style.color = `var(--${token})`;
			return getComputedStyle(box).color;
		};
		const read = {
			text: resolve('text'),
			muted: resolve('muted'),
			faint: resolve('faint'),
			raised: resolve('raised'),
			border: resolve('border'),
			axis: resolve('border-strong'),
			grid: resolve('grid'),
			font: getComputedStyle(document.body).fontFamily,
			palette: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => resolve(`chart-${n}`)),
		};
		box.style.color = '';
		return read;
	}

	/** What a figure looks like where its author said nothing: what the author did say stays, but for ink and paper. */
	function layoutOf(given: Record<string, unknown>, t: Theme): Record<string, unknown> {
		const clear = 'rgba(0,0,0,0)';
		const pies = (spec?.data ?? []).every((trace) => (trace as { type?: string }).type === 'pie');
		const beside = { x: 1.05, y: 0.5, yanchor: 'middle' };
		const above = { orientation: 'h', x: 0, y: 1, yanchor: 'bottom' };
		const axis = { gridcolor: t.grid, zerolinecolor: t.grid, linecolor: t.axis, automargin: true, tickfont: { size: 11, color: t.faint } };
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
					legend: { font: { size: 12, color: t.muted }, ...(pies ? beside : above) },
					hoverlabel: { bgcolor: t.raised, bordercolor: t.border, font: { color: t.text, family: t.font } },
					hovermode: 'closest',
					colorscale: { sequential: [[0, t.raised], [1, t.palette[0]]] },
				},
				data: { pie: [{ marker: { line: { color: t.raised, width: 1.5 } }, textposition: 'inside' }] },
			},
		};
	}

	async function draw(): Promise<void> {
		if (!spec) return;
		const t = theme();
		if (frame.CardVega) return frame.CardVega.draw(box, spec, t);
		if (!frame.Plotly) throw new Error('the chart library is missing');
		const config = { responsive: true, displaylogo: false, displayModeBar: false, showSendToCloud: false };
		const plot = await frame.Plotly.react(box, spec.data, layoutOf(spec.layout ?? {}, t), config);
		if (listening) return;
		listening = true;
		plot.on('plotly_click', ({ points }) => {
			const point = (p: Record<string, unknown>) => ({ x: p.x, y: p.y, label: p.label, trace: (p.data as { name?: string }).name });
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
