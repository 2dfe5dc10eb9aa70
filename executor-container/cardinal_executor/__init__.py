"""The executor: turns (code, data, filters) into HTML, and CSV into Parquet, for code and files that nobody trusts.

`server` answers the Worker, `sandbox` starts and watches jailed children, `runner` is what runs inside them, `data` fetches bytes."""
