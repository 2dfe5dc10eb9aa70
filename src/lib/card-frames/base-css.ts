// The stylesheet every card document starts from. Its tokens are those of `styles/tokens.css` (a test compares them); the theme follows
// `prefers-color-scheme`, which inside a frame is the `color-scheme` of its <iframe> element, so a switch needs no script.

const TOKENS = `
--raised: light-dark(#FFFFFF, #1A1A18);
--hover: light-dark(#F0EFEB, #262623);
--text: light-dark(#1C1B18, #EDECE7);
--muted: light-dark(#5E5C56, #ABA9A1);
--faint: light-dark(#6A6862, #98968F);
--border: light-dark(#E6E4DF, #2C2C29);
--border-strong: light-dark(#908E87, #6E6D67);
--grid: light-dark(#ECEAE6, #282826);
--danger: light-dark(#B3420A, #F2915A);
--ok: light-dark(#1A7848, #5CC08C);
--chart-1: light-dark(#1F78C1, #5F98EE);
--chart-2: light-dark(#B24E0C, #F5A065);
--chart-3: light-dark(#1D7360, #35917F);
--chart-4: light-dark(#5A2E96, #A26BCF);
--chart-5: light-dark(#A89020, #B59212);
--chart-6: light-dark(#4A98C2, #7FD0F7);
--chart-7: light-dark(#A83A80, #F7B4C8);
--chart-8: light-dark(#85817A, #9A9892);
--chart-rest: light-dark(#DCDAD4, #3A3A37);
--font: "Inter Variable", Inter, system-ui, "Noto Sans CJK JP", sans-serif;
--mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
`;

/** `--chart-1` to `--chart-8` of the light theme: what the executor draws with. */
export const LIGHT_PALETTE = [...TOKENS.matchAll(/--chart-\d: light-dark\((#\w+)/g)].map((match) => match[1] ?? '');

const DOCUMENT = `
:root { color-scheme: light dark; ${TOKENS} }
html { height: 100%; scrollbar-width: thin; scrollbar-color: var(--border-strong) transparent; }
body { margin: 0; padding: 0 12px 10px; min-height: 100%; box-sizing: border-box; color: var(--text); font: 13px/20px var(--font); font-variant-numeric: tabular-nums; -webkit-font-smoothing: antialiased; overflow-wrap: break-word; }
h1, h2, h3, h4 { margin: 12px 0 4px; font-size: 14px; line-height: 20px; font-weight: 600; }
h1 { font-size: 16px; line-height: 24px; }
p, ul, ol, dl, pre, blockquote { margin: 0 0 8px; }
a { color: inherit; }
code, pre { font-family: var(--mono); font-size: .92em; }
hr { border: 0; border-top: 1px solid var(--border); }
img { max-width: 100%; height: auto; }
svg { max-width: 100%; color: var(--text); }
body > svg:only-child { display: block; width: 100%; height: auto; max-height: calc(100vh - 10px); }
`;

/* A table runs edge to edge; rules between rows, none around. */
const TABLES = `
table { border-collapse: collapse; font: inherit; }
body > table { width: calc(100% + 24px); margin: 0 -12px; }
caption { padding: 0 12px 4px; text-align: left; color: var(--muted); font-size: 12px; }
th, td { height: 27px; padding: 0 12px 0 0; border: 0; border-bottom: 1px solid var(--border); text-align: left; white-space: nowrap; }
th { color: var(--muted); font-size: 12px; font-weight: 500; }
tr > :first-child { padding-left: 12px; }
tbody th, td:first-child { color: var(--text); font-size: 13px; font-weight: 400; }
tr:last-child > td, tbody tr:last-child > th { border-bottom-color: transparent; }
thead th { position: sticky; top: 0; background: var(--raised); }
td.num, th.num, td.data, th.col_heading { text-align: right; }
tr > :first-child { text-align: left; }
td.null { color: var(--faint); }
body > .c-heat { width: 100%; height: calc(100vh - 10px); margin: 0; }
.c-heat { table-layout: fixed; border-collapse: separate; border-spacing: 1px; }
.c-heat th, .c-heat td { padding: 0; border: 0; text-align: center; font-size: 11px; line-height: 16px; }
.c-heat thead th { height: 16px; background: none; color: var(--faint); font-weight: 400; }
.c-heat td { border-radius: 2px; overflow: hidden; }
.c-heat tbody th { color: var(--faint); text-align: left; }
.c-heat tr > :first-child { width: 36px; padding-left: 0; }
.c-more { margin: 8px 0 0; color: var(--faint); font-size: 12px; }
`;

const NUMBER = `
body:has(.c-number) { padding-bottom: 0; }
.c-number-label { font-size: 12px; line-height: 16px; font-weight: 500; }
.c-number-value { font-size: 28px; line-height: 32px; font-weight: 600; letter-spacing: -.02em; }
.c-number-note { color: var(--muted); font-size: 12px; line-height: 16px; }
.c-number-delta.good { color: var(--ok); font-weight: 500; }
.c-number-delta.bad { color: var(--danger); font-weight: 500; }
.c-number-trend { display: block; width: 100%; height: 24px; margin-top: 8px; overflow: visible; fill: none; stroke: var(--chart-1); stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.c-number-trend polyline { vector-effect: non-scaling-stroke; }
.c-error { color: var(--danger); }
`;

/** White space at the ends of lines carries nothing; a page holds this text once a card. */
const squeeze = (css: string) => css.replace(/\n+/g, '');

export const BASE_CSS = squeeze(DOCUMENT + TABLES + NUMBER);
export const FIGURE_CSS = squeeze(`
:root { color-scheme: light dark; ${TOKENS} }
html, body { height: 100%; margin: 0; overflow: hidden; color: var(--text); font: 12px/16px var(--font); }
#figure { position: absolute; inset: 0 8px 8px; }
`);
