"""The public pages: landing, article, privacy, accessibility, and what leads crawlers to them."""

from flask import Blueprint, Response, render_template

from booking.services.times import availability
from booking.web import findable, times
from booking.web.clinic import facts, main_service, rulebook, timetables
from booking.web.installation import here
from booking.web.limits import READS, limited

NEXT_TIMES = 3
blueprint = Blueprint("public", __name__)


@blueprint.get("/")
@limited(READS, "pages")
def home() -> str:
    service = main_service()
    tables = timetables(service) if service else []
    slots = times.shown(availability.first_slots(tables, NEXT_TIMES))
    day = slots[0]["start"].date() if slots else None
    return render_template(
        "public/home.html",
        next_day=day,
        next_slots=[slot for slot in slots if slot["start"].date() == day],
    )


@blueprint.get("/micro-needling")
def article() -> str:
    return render_template("public/article.html", support_lines=rulebook().support_lines)


@blueprint.get("/privacy")
def privacy() -> str:
    return render_template("public/privacy.html", notice_version=facts().privacy_notice)


@blueprint.get("/accessibility")
def accessibility() -> str:
    return render_template("public/accessibility.html")


_NOT_FOR_SEARCHING = ("/manage/", "/waitlist/", "/offer/", "/desk", "/admin", "/login")


@blueprint.get("/robots.txt")
def robots() -> Response:
    # Calendar readers of some vendors obey this file, so /calendar/ must stay allowed.
    lines = (
        "User-agent: *",
        *(
            f"Disallow: {path}"
            for path in ("/manage/", "/waitlist/", "/offer/", "/desk", "/admin", "/login")
        ),
        f"Sitemap: {findable.public_address('public.sitemap')}",
        "",
    )
    return Response("\n".join(lines), content_type="text/plain; charset=utf-8")


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The public pages in every language, and when their words last changed."""
    pages = [
        {
            "address": findable.page_address(name, code),
            "changed": findable.last_changed(name, code),
            "others": findable.page_addresses(name),
        }
        for name in findable.PAGES
        for code in here().languages
    ]
    text = render_template("public/sitemap.xml", pages=pages)
    return Response(text, content_type="application/xml; charset=utf-8")
