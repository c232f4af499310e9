"""The folder in which the sheets of today and tomorrow wait for a day without a server."""

import os
from collections.abc import Mapping
from pathlib import Path


class SheetFolder:
    """A folder of sheets by name. Only the account that the program runs as can read them."""

    def __init__(self, folder: Path):
        self._folder = folder

    def has(self, name: str) -> bool:
        """Whether a sheet is here already."""
        return (self._folder / name).is_file()

    def keep(self, sheets: Mapping[str, str]) -> None:
        """
        Keep these and no others.

        Raises:
            OSError: the folder cannot be written to.
        """
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name, content in sheets.items():
            # Written beside and renamed: whoever opens it never meets half a sheet.
            unfinished = self._folder / f"{name}.{os.getpid()}.part"
            unfinished.unlink(missing_ok=True)
            with os.fdopen(
                os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
                "w",
                encoding="utf-8",
            ) as file:
                file.write(content)
            unfinished.rename(self._folder / name)
        for path in self._folder.glob("sheet-*"):
            if path.name not in sheets:
                path.unlink(missing_ok=True)
