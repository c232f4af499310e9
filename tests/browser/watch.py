"""What goes wrong in a browser without anybody seeing it: errors, refusals, foreign requests."""

import re

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, Response, WebError

# A refusal is answered with its status, which Chromium notes as an error of the page.
_REFUSED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")

_SILENCE = re.compile(r"net::ERR_|network error response was returned")


class Watch:
    """Looks on at every page of the contexts it is given."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.complaints: list[str] = []
        # Where a test switches the server off, browsers say so.
        self.expects_silence = False
        self.hosts: set[str] = set()

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("request", self._request)
        context.on("response", self._response)

    def _console(self, message: ConsoleMessage) -> None:
        # A violation of the Content-Security-Policy is told as an error, too.
        if self.expects_silence and _SILENCE.search(message.text):
            return
        if message.type in {"error", "warning"} and not _REFUSED.match(message.text):
            self.complaints.append(f"{message.type} at {message.location['url']}: {message.text}")

    def _error(self, error: WebError) -> None:
        self.complaints.append(f"uncaught: {error.error}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((f"{self._url}/", "about:", "blob:")):
            self.complaints.append(f"a request to somebody else: {request.url}")

    def _response(self, response: Response) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.status} from {response.url}")
