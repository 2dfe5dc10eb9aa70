// @ts-check
// P4: a filter change over a million rows and fifty columns beside DuckDB on the same files; measured in Python.
import { runPython } from '../python.js';

/** @param {(line: import('../run.js').Line) => void} report */
export const run = (report) => runPython('bench/executor/p4.py', report);
