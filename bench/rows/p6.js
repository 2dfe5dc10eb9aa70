// @ts-check
// P6: what a card of one month and five columns of fifty reads from storage, in bytes and requests; measured in Python.
import { runPython } from '../python.js';

/** @param {(line: import('../run.js').Line) => void} report */
export const run = (report) => runPython('bench/executor/p6.py', report);
