"""The machine and the versions that numbers belong to."""

import os
import platform
from importlib.metadata import version
from pathlib import Path


def described() -> str:
    """One line for a report."""
    names = ("flask", "granian", "gunicorn", "sqlalchemy", "psycopg")
    versions = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{_cores()} cores of {_processor()}, Linux {platform.release()}, "
        f"Python {platform.python_version()}, {versions}; load {_load()}"
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _load() -> str:
    # Of the last minute, before anything was started here: how quiet the machine was.
    return f"{os.getloadavg()[0]:.1f}"
