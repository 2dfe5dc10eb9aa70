// @ts-check
// A failure that the person at the keyboard can do something about: one sentence that says what.

export class Problem extends Error {}

/**
 * Runs a command's `main` and turns a `Problem` into its sentence on stderr and exit code 1.
 * Anything else is a defect of ours and keeps its stack.
 * @param {() => Promise<number | void>} main resolves with the exit code, 0 when absent
 */
export async function runCommand(main) {
	try {
		process.exitCode = (await main()) ?? 0;
	} catch (error) {
		process.exitCode = 1;
		console.error(error instanceof Problem ? `\n${error.message}` : error);
	}
}
