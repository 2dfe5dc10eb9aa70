// @ts-check
// P3 and P3b: how long a card takes from request to answer, and how many a second, in the strongest jail; measured in Python.
import { runPython } from '../python.js';

/** @param {(line: import('../run.js').Line) => void} report */
export const run = (report) => runPython('bench/executor/p3.py', report);
