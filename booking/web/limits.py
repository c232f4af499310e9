"""Rate limits: which there are, whom they count, and where."""

from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache, wraps
from hashlib import sha256
from ipaddress import IPv6Address, ip_address, ip_network
from typing import ParamSpec, TypeVar

from flask import Flask, current_app, request
from limits import RateLimitItem, parse
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

from booking.domain.errors import Busy
from booking.domain.suspicion import ProofOfWork
from booking.services import counters
from booking.store.engine import Database
from booking.web.installation import here

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

READS = parse("300 per minute")
HOLDS = parse("60 per 10 minutes")
BOOKINGS = parse("30 per hour")
CHANGES = parse("60 per hour")
FIND = parse("10 per 5 minutes")
# Each may hold a time now and then, so they are dearer than bookings.
JOINS = parse("10 per hour")
# Of holds and bookings from everywhere: far more than any clinic has, and more than one network
# may cause, so that nobody raises the alarm alone.
FLOOD = parse("120 per 10 minutes")
_FLOODED = frozenset({"holds", "bookings"})
# A search runs with every pause in typing.
SEARCHES = parse("120 per minute")
SIGN_IN = parse("10 per 5 minutes")
SIGN_IN_OVERALL = parse("300 per 5 minutes")
_KEY = "booking-limits"


class CounterStorage(Storage):
    """Counts in the clinic's own database, where there is no Redis."""

    STORAGE_SCHEME = None

    def __init__(self, database: Database):
        super().__init__()
        self._database = database

    @property
    def base_exceptions(self) -> type[Exception]:
        return Busy

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        window = timedelta(seconds=expiry)
        return self._database.write(
            lambda session, now: counters.hit(session, key, window=window, amount=amount, now=now)
        )

    def get(self, key: str) -> int:
        return self._database.read(lambda session, now: counters.standing(session, key, now=now)[0])

    def get_expiry(self, key: str) -> float:
        return self._database.read(
            lambda session, now: counters.standing(session, key, now=now)[1].timestamp()
        )

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return None

    def clear(self, key: str) -> None:
        self._database.write(lambda session, _: counters.forget(session, key))


class Limits:
    """Reading is counted in this process alone; everything else for all processes together."""

    def __init__(self, shared: Storage):
        self._reads = FixedWindowRateLimiter(MemoryStorage())
        self._shared = FixedWindowRateLimiter(shared)

    def require(self, limit: RateLimitItem, purpose: str, whom: str, *, cost: int = 1) -> None:
        """
        Count a try, before anything is checked or done.

        Raises:
            TooManyRequests: there were too many; `retry_after` says when the window ends.
        """
        limiter = self._reads if limit is READS else self._shared
        if limiter.hit(limit, purpose, whom, cost=cost):
            return
        if limit is READS:
            raise TooManyRequests(retry_after=limit.get_expiry())
        expiry = limiter.storage.get_expiry(limit.key_for(purpose, whom))
        now = here().database.read(lambda _, now: now)
        raise TooManyRequests(retry_after=max(1, int(expiry - now.timestamp()) + 1))

    def note_demand(self) -> None:
        """Count a hold or a booking, from wherever it comes."""
        self._shared.hit(FLOOD, "flood")

    def is_flooded(self) -> bool:
        """Whether more comes in than can be meant."""
        return not self._shared.test(FLOOD, "flood")


def set_up(app: Flask, database: Database, redis_url: str | None) -> Limits:
    """Choose where the shared counters are."""
    shared = storage_from_string(redis_url) if redis_url else CounterStorage(database)
    limits = app.extensions[_KEY] = Limits(shared)  # type: ignore[arg-type]
    return limits


def require(limit: RateLimitItem, purpose: str, whom: str | None = None, *, cost: int = 1) -> None:
    """
    Count a try of `whom` (the visitor's network by default); nothing when limits are off.

    What looks like a machine can `cost` more than one.
    """
    if here().limits_enabled:
        limits: Limits = current_app.extensions[_KEY]
        limits.require(limit, purpose, whom or visitor(), cost=cost)
        if purpose in _FLOODED and here().proof_of_work is ProofOfWork.ATTACK:
            limits.note_demand()


def is_work_wanted() -> bool:
    """Whether browsers must work for a booking now."""
    setting = here().proof_of_work
    if setting is ProofOfWork.ATTACK:
        limits: Limits = current_app.extensions[_KEY]
        return limits.is_flooded()
    return setting is ProofOfWork.ALWAYS


def limited(
    limit: RateLimitItem, purpose: str
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """A view that counts each POST (or, for `READS`, each call) against the visitor's network."""

    def decorate(view: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        @wraps(view)
        def counted(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
            if limit is READS or request.method not in {"GET", "HEAD", "OPTIONS"}:
                require(limit, purpose)
            return view(*args, **kwargs)

        return counted

    return decorate


def visitor() -> str:
    """The network that this request comes from, as a key."""
    return network(request.remote_addr or "")


def telling_network() -> str | None:
    """
    The visitor's network, where it says anything about the visitor.

    From this machine itself come whoever tries the program out, and everybody at once where a
    proxy stands in front that `TRUSTED_PROXIES` does not name.
    """
    try:
        is_own = ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        is_own = True
    return None if is_own or not here().limits_enabled else visitor()


@lru_cache(maxsize=1024)
def network(address: str) -> str:
    """A visitor's address as a key; of IPv6 the /64 that one household gets."""
    try:
        parsed = ip_address(address)
    except ValueError:
        parsed = None
    if isinstance(parsed, IPv6Address):
        address = str(ip_network((parsed, 64), strict=False))
    return sha256(address.encode()).hexdigest()[:32]
