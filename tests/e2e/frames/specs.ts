// Hostile and demanding plotly specifications: id → figure. `hit` is a listener that must never be asked. The last six only have to draw.
interface Figure {
	data: Record<string, unknown>[];
	layout: Record<string, unknown>;
}

export function hostileFigures(hit: string): Record<string, Figure> {
	const U = (a: string) => `${hit}/${a}`,
		b = { x: [1, 2], y: [3, 4], type: 'scatter' },
		L = (l: Record<string, unknown>, d: Record<string, unknown> = {}): Figure => ({
			data: [{ ...b, ...d }],
			layout: { width: 300, height: 200, ...l },
		});
	const js = (a: string) => `fetch('${U(a)}',{mode:'no-cors'})`;
	return {
		'layout-image': L({
			images: [{ source: U('layout-image'), x: 0, y: 1, sizex: 1, sizey: 1, xref: 'paper', yref: 'paper' }],
		}),
		'title-img': L({
			title: { text: `<img src="${U('title-img')}" onerror="${js('title-img')}">` },
		}),
		'title-svg': L({
			title: { text: `<svg onload="${js('title-svg')}"><image href="${U('title-svg')}"/></svg>` },
		}),
		'annot-style': L({
			annotations: [{ text: `<span style="background:url(${U('annot-style')})">x</span>`, x: 1, y: 3 }],
		}),
		'annot-link': L({
			annotations: [{ text: `<a href="javascript:${js('annot-link')}">x</a>`, x: 1, y: 3 }],
		}),
		'font-family': L({ font: { family: `x;background:url(${U('font-family')})` } }),
		'font-family-q': L({ font: { family: `x";}*{background:url(${U('font-family-q')})}` } }),
		'bg-url': L({ paper_bgcolor: `url(${U('bg-url')})` }),
		'marker-url': L({}, { marker: { color: `url(${U('marker-url')}#a)` } }),
		'shape-path': L({ shapes: [{ type: 'path', path: `M0,0" onload="${js('shape-path')}"` }] }),
		'image-trace': { data: [{ type: 'image', source: U('image-trace') }], layout: {} },
		'geojson-url': {
			data: [
				{
					type: 'choropleth',
					geojson: U('geojson-url'),
					locations: ['a'],
					z: [1],
					featureidkey: 'id',
				},
			],
			layout: {},
		},
		'map-style': {
			data: [{ type: 'scattermap', lat: [0], lon: [0] }],
			layout: { map: { style: U('map-style') } },
		},
		'map-layer': {
			data: [{ type: 'scattermap', lat: [0], lon: [0] }],
			layout: {
				map: {
					style: { version: 8, sources: {}, layers: [] },
					layers: [{ sourcetype: 'raster', source: [U('map-layer') + '/{z}'] }],
				},
			},
		},
		'table-cell': {
			data: [
				{
					type: 'table',
					header: { values: ['a'] },
					cells: { values: [[`<img src=${U('table-cell')} onerror="${js('table-cell')}">`]] },
				},
			],
			layout: {},
		},
		proto: JSON.parse(
			`{"data":[{"x":[1],"y":[1],"__proto__":{"src":"${U('proto')}"}}],"layout":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}`,
		),
		'transform-fn': L({}, { hovertemplate: `%{x:function(){${js('transform-fn')}}}` }),
		updatemenu: L({
			updatemenus: [{ buttons: [{ method: 'restyle', label: `<img src=${U('updatemenu')}>`, args: ['x', 1] }] }],
		}),
		gl: { data: [{ type: 'scattergl', x: [1, 2], y: [1, 2] }], layout: {} },
		gl3d: { data: [{ type: 'scatter3d', x: [1, 2], y: [1, 2], z: [1, 2] }], layout: {} },
		parcoords: {
			data: [{ type: 'parcoords', dimensions: [{ values: [1, 2] }, { values: [2, 1] }] }],
			layout: {},
		},
		geo: { data: [{ type: 'scattergeo', lat: [0], lon: [0] }], layout: {} },
		violin: { data: [{ type: 'violin', y: [1, 2, 3, 3] }], layout: {} },
		sunburst: { data: [{ type: 'sunburst', labels: ['a', 'b'], parents: ['', 'a'] }], layout: {} },
	};
}
