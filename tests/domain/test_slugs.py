"""Names for addresses."""

import pytest

from booking.domain.slugs import free_slug


@pytest.mark.parametrize(
    ("name", "taken", "slug"),
    [
        ("Dr. Weber", [], "dr-weber"),
        ("Über-Kontrolle", [], "uber-kontrolle"),
        ("Dr. Weber", ["dr-weber"], "dr-weber-2"),
        ("Dr. Weber", ["dr-weber", "dr-weber-2"], "dr-weber-3"),
        ("王小明", [], "person"),
        ("  ", ["person"], "person-2"),
        # "new" is the address of the form for another one.
        ("New", [], "new-2"),
        ("x" * 80, [], "x" * 50),
    ],
)
def test_a_name_becomes_a_free_slug(name: str, taken: list[str], slug: str):
    assert free_slug(name, taken, otherwise="person") == slug
