"""The token check: who may ask this executor for anything is whoever holds its secret, once per token."""

import time

import jwt

from .errors import ExecutorError

AUDIENCE = "executor"
MAX_AGE = 60  # seconds that a token may still be valid
CLOCK_SKEW = 5
SWEEP_SECONDS = 1  # between looks at all that is remembered: under load there are thousands
REQUIRED = ["aud", "exp", "jti"]


class TokenGate:
    """Remembers each `jti` until its token has expired, so that none is accepted twice.  For one event loop."""

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._seen: dict[str, float] = {}
        self._swept = 0.0

    def check(self, authorization: str | None) -> str:
        """The execution id (`jti`) of a fresh token; ExecutorError `unauthorized` for anything else."""
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise self._refusal("no bearer token")
        try:
            claims = jwt.decode(
                token, self._secret, algorithms=["HS256"], audience=AUDIENCE, leeway=0, options={"require": REQUIRED}
            )
        except jwt.PyJWTError as error:
            raise self._refusal(str(error)) from error
        execution, expires, now = claims["jti"], float(claims["exp"]), time.time()
        if expires - now > MAX_AGE + CLOCK_SKEW:
            raise self._refusal("the token lives too long")
        if not isinstance(execution, str) or not execution:
            raise self._refusal("jti is no execution id")
        if self._seen.get(execution, 0) > now:
            raise self._refusal("the token was used before")
        self._forget(now)
        self._seen[execution] = expires
        return execution

    def _forget(self, now: float) -> None:
        if now - self._swept < SWEEP_SECONDS:
            return
        self._swept = now
        self._seen = {execution: expires for execution, expires in self._seen.items() if expires > now}

    def _refusal(self, reason: str) -> ExecutorError:
        return ExecutorError("unauthorized", f"Not authorised: {reason}.")
