"""Rates that keep what they were counted from."""

from dataclasses import dataclass

# Of fewer, chance says as much as anything else.
FEW = 20


@dataclass(frozen=True, slots=True)
class Rate:
    """How many (`count`) of how many (`whole`); of nothing there is no rate."""

    count: int
    whole: int

    @property
    def percent(self) -> float | None:
        """Per hundred, to one decimal; None of nothing. More is counted than there is: over 100."""
        return round(100 * self.count / self.whole, 1) if self.whole else None

    @property
    def is_of_few(self) -> bool:
        """Whether it is of too few to conclude anything from."""
        return self.whole < FEW

    def __add__(self, other: "Rate") -> "Rate":
        return Rate(self.count + other.count, self.whole + other.whole)


NOTHING = Rate(0, 0)
