// @ts-check
// One line for each thing that takes time: `Installing packages ... 48 s`.

/** @typedef {(text: string) => void} Write */

/** @type {Write} */
const toStdout = (text) => void process.stdout.write(text);

/**
 * Says what is being done, does it, and ends the line with the seconds it took.
 * @template T
 * @param {string} what in the progressive: "Installing packages"
 * @param {() => Promise<T>} work
 * @param {Write} [write]
 * @returns {Promise<T>}
 */
export async function step(what, work, write = toStdout) {
	const started = performance.now();
	write(`${what} ... `);
	try {
		const result = await work();
		write(`${formatSeconds(performance.now() - started)}\n`);
		return result;
	} catch (error) {
		write('failed\n');
		throw error;
	}
}

/** @param {number} ms */
export function formatSeconds(ms) {
	return ms < 9_950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
