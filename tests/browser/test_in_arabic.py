"""A patient who reads Arabic: from the first page to the cancelled visit, in Arabic throughout."""

import re

from playwright.sync_api import Page, expect

from tests.browser.live import Post
from tests.browser.looking import Look
from tests.browser.patients import button

# What stays as it is: names and addresses, the service as the clinic calls it, firms, and what
# brackets say once more in Latin, as on a box of medicine.
AS_IT_IS = re.compile(
    r"Ahmed Skin Clinic|Dr\. Ahmed|Micro needling consultation|12 Elm Street, Washington, DC"
    r"|[\w.]+@[\w.]+|Google Calendar|Outlook(\.com)?|Siobhan|English|Español|Français|Deutsch"
    r"|[A-Z0-9]{4}-[A-Z0-9]{4}|\([^)]*\)"
)
ENGLISH = re.compile(r"[A-Za-z]{2,}")


def reads_arabic(page: Page, heading: str | re.Pattern[str] = re.compile(".")) -> None:
    """The page has this heading, runs from right to left, and says nothing in English."""
    expect(page.get_by_role("heading", level=1).first).to_have_text(heading)
    root = page.locator("html")
    expect(root).to_have_attribute("lang", "ar")
    expect(root).to_have_attribute("dir", "rtl")
    said = AS_IT_IS.sub("", page.locator("body").inner_text())
    assert not ENGLISH.findall(said)


def test_a_patient_books_moves_and_cancels_in_arabic(page: Page, post: Post, look: Look):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/book?lang=ar")
    reads_arabic(page, "اختر يومًا")
    page.locator("ul.days a").nth(1).click()
    page.locator("button.time").first.click()
    reads_arabic(page, "عنك")
    page.locator("#details .actions .btn").click()
    expect(page).to_have_title(re.compile("^خطأ:"))
    reads_arabic(page, "عنك")
    look("details in Arabic with errors")
    page.fill("#name", "Siobhan")
    for field, value in (("", "14"), ("-month", "3"), ("-year", "1990")):
        page.fill(f"#date_of_birth{field}", value)
    page.fill("#email", "siobhan@patient.example")
    page.locator("#details .actions .btn").click()
    while page.locator("button[name=go][value=skip]").count():
        reads_arabic(page)
        page.locator("button[name=go][value=skip]").click()
    reads_arabic(page, "المراجعة والتأكيد")
    page.check("#privacy")
    button(page, "تأكيد الحجز").click()
    reads_arabic(page, "استشارتك محجوزة")

    (mail,) = post.deliver()
    assert mail["Subject"].startswith("موعدك يوم")
    page.get_by_role("link", name="انقل موعدك أو ألغه").click()
    reads_arabic(page, "موعدك")
    look("an appointment in Arabic")
    page.get_by_role("link", name="النقل إلى وقت آخر").click()
    page.locator("ul.days a").nth(2).click()
    page.locator("ul.times a").first.click()
    reads_arabic(page, "هل تريد نقل موعدك؟")
    button(page, "انقله إلى هذا الوقت").click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("هل تريد نقل موعدك؟")
    page.get_by_role("link", name="إلغاء الموعد").click()
    reads_arabic(page, "هل تريد إلغاء هذا الموعد؟")
    button(page, "إلغاء هذا الموعد").click()
    reads_arabic(page, "أُلغي موعدك")
    assert not [mail["Subject"] for mail in post.deliver() if ENGLISH.search(mail["Subject"])]
