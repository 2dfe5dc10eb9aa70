"""The one error of the executor: a code that the protocol knows, words for a person, and what else the protocol carries."""

from typing import Any, Literal, get_args

Code = Literal[
    "user_code_error",
    "invalid_result",
    "time_limit",
    "memory_limit",
    "output_limit",
    "sandbox_violation",
    "import_failed",
    "data_unavailable",
    "executor_lost",
    "busy",
    "unauthorized",
    "bad_request",
]

HTTP_STATUS: dict[str, int] = {
    "user_code_error": 422,
    "invalid_result": 422,
    "time_limit": 422,
    "memory_limit": 422,
    "output_limit": 422,
    "sandbox_violation": 422,
    "import_failed": 422,
    "data_unavailable": 502,
    "executor_lost": 502,
    "busy": 503,
    "unauthorized": 401,
    "bad_request": 400,
}
assert set(HTTP_STATUS) == set(get_args(Code))


class ExecutorError(Exception):
    """`more`: line, traceback, stdout, details, as PROTOCOL.md has them; `retry_after` seconds for `busy`."""

    def __init__(self, code: Code, message: str, *, retry_after: int | None = None, **more: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.more = {key: value for key, value in more.items() if value is not None}

    @property
    def status(self) -> int:
        return HTTP_STATUS[self.code]

    def body(self) -> dict[str, Any]:
        return {"status": "error", "code": self.code, "message": self.message, **self.more}
