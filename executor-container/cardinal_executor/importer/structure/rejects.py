"""The rows that are not imported: counted all, kept in `rejects.csv` up to a limit. Knows nothing of why a row is bad."""

import collections
import csv

from ..failures import failure

MOST_KEPT, MOST_LISTED, MOST_RAW = 100_000, 100, 64 << 10
# Beyond this many, and more than were imported, the rest of the file is not worth reading.
HOPELESS = 10_000


class Rejects:
    """Rows are written as they come, so that a million bad rows cost no memory. The file exists once there is one."""

    def __init__(self, path: str):
        self.path, self.counts, self.listed = path, collections.Counter(), []
        self._file = self._writer = None

    def __len__(self) -> int:
        return self.counts.total()

    def add(self, line: int, reason: str, detail: str, raw: bytes) -> None:
        """`line`: physical line of the source, from 1; `raw`: the row as it stands there."""
        if not self._file:
            self._file = open(self.path, "w", encoding="utf-8-sig", newline="")  # noqa: SIM115 closed by close()
            self._writer = csv.writer(self._file)
            self._writer.writerow(["line", "reason", "detail", "raw"])
        if len(self) < MOST_KEPT:
            self._writer.writerow([line, reason, detail, raw[:MOST_RAW].decode("utf-8", "replace").rstrip("\r\n")])
        if len(self.listed) < MOST_LISTED:
            self.listed.append({"line": line, "reason": reason, "detail": detail})
        self.counts[reason] += 1

    def check_hopeless(self, imported: int, limit: float) -> None:
        """Raises `too_many_rejects` early."""
        if len(self) > HOPELESS and len(self) > imported:
            self.check_limit(imported, limit)

    def check_limit(self, imported: int, limit: float) -> None:
        """`limit`: share of all rows that may be rejected. Raises `too_many_rejects`."""
        total = imported + len(self)
        if len(self) > limit * total:
            first = self.listed[0]
            raise failure(
                "too_many_rejects",
                rejected=len(self),
                total=total,
                limit=f"{limit * 100:g}",
                line=first["line"],
                reason=first["reason"],
                detail=first["detail"],
                rejects=self.listed,
            )

    def close(self) -> None:
        if self._file:
            self._file.close()
