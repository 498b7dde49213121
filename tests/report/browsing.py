"""A page parsed as a browser would parse it, for tests without a browser."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

ADDRESSES = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background"}


@dataclass(slots=True)
class Page(HTMLParser):
    """A parsed page: its elements with their attributes, its text and its scripts."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)
    within: str = ""

    @classmethod
    def of(cls, html: str) -> "Page":
        """Return the parsed page."""
        page = cls()
        HTMLParser.__init__(page)
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Store the element."""
        self.elements.append((tag, dict(attrs)))
        self.within = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        """Leave the element."""
        self.within = ""

    def handle_data(self, data: str) -> None:
        """Store the text, or the source of a script or style sheet."""
        if self.within in ("script", "style"):
            self.raw.setdefault(self.within, []).append(data)
        else:
            self.said.append(data)

    @property
    def text(self) -> str:
        """The visible text on one line."""
        return " ".join(" ".join(self.said).split())

    @property
    def policy(self) -> dict[str, str]:
        """The directives of the page's Content-Security-Policy."""
        metas = [attributes for tag, attributes in self.elements if tag == "meta"]
        name = "Content-Security-Policy"
        said = next(each["content"] for each in metas if each.get("http-equiv") == name)
        assert said is not None
        return {
            name: rest
            for name, _, rest in (each.strip().partition(" ") for each in said.split(";"))
        }
