// @ts-check
// P5: import of a 100 MB CSV beside pandas and DuckDB doing the same; measured in Python.
import { runPython } from '../python.js';

/** @param {(line: import('../run.js').Line) => void} report */
export const run = (report) => runPython('bench/import/p5.py', report);
