// @ts-check
// The sample tables as CSV text, from the real data of the vega-datasets package. Knows nothing of Cardinal.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { zstdDecompressSync } from 'node:zlib';
import { parquetReadObjects } from 'hyparquet';
import Papa from 'papaparse';

const FOLDER = new URL('../../node_modules/vega-datasets/data/', import.meta.url);
const FLIGHTS = 200_000;

/** @param {string} name */
const text = (name) => readFileSync(fileURLToPath(new URL(name, FOLDER)), 'utf8');
/** @param {Record<string, unknown>[]} rows */
const csv = (rows) => Papa.unparse(rows, { newline: '\n' }) + '\n';

/** Every fifteenth of the three million flights within the United States in 2001, with the states of both airports. */
export async function flightsCsv() {
	const bytes = readFileSync(fileURLToPath(new URL('flights-3m.parquet', FOLDER)));
	const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
	const flights = await parquetReadObjects({
		file,
		compressors: { ZSTD: (input) => new Uint8Array(zstdDecompressSync(input)) },
	});
	const airports = Papa.parse(text('airports.csv'), { header: true, skipEmptyLines: true });
	/** @type {Map<string, string>} */
	const stateOf = new Map(airports.data.map((/** @type {any} */ row) => [row.iata, row.state]));
	const step = flights.length / FLIGHTS;
	const sample = Array.from(
		{ length: FLIGHTS },
		(_, i) => /** @type {Record<string, any>} */ (flights[Math.floor(i * step)]),
	);
	const rows = sample.map((flight) => ({
		departure: flight.date.toISOString().slice(0, 16).replace('T', ' '),
		origin: flight.origin,
		origin_state: stateOf.get(flight.origin) ?? null,
		destination: flight.destination,
		distance_mi: Number(flight.distance),
		distance_band: distanceBand(Number(flight.distance)),
		delay_min: Number(flight.delay),
	}));
	return csv(rows);
}

/** @param {number} miles */
function distanceBand(miles) {
	if (miles < 500) return 'under 500 mi';
	if (miles < 1000) return '500–999 mi';
	return miles < 2000 ? '1,000–1,999 mi' : '2,000 mi and more';
}

/** Four years of daily weather in Seattle. Its day has a name of its own, so that a filter on departures leaves it alone. */
export function weatherCsv() {
	return text('seattle-weather.csv').replace(/^date,/, 'day,');
}

/** 3,201 films with budget, takings and ratings. */
export function moviesCsv() {
	const rows = JSON.parse(text('movies.json')).map((/** @type {any} */ film) => ({
		title: film.Title,
		released: isoDay(film['Release Date']),
		genre: film['Major Genre'],
		rating: film['MPAA Rating'],
		distributor: film.Distributor,
		budget_usd: film['Production Budget'],
		gross_usd: film['Worldwide Gross'],
		imdb: film['IMDB Rating'],
	}));
	return csv(rows);
}

/** @param {string | null} day as in `Jun 12 1998` */
function isoDay(day) {
	const parsed = day ? new Date(`${day} UTC`) : null;
	return parsed && !Number.isNaN(parsed.getTime()) ? parsed.toISOString().slice(0, 10) : null;
}
