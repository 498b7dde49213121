"""What a browser makes of a page, for tests that look at it without one."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

ADDRESSES = {"src", "href", "srcset", "action", "formaction", "data", "poster", "background"}


@dataclass(slots=True)
class Page(HTMLParser):
    """What a browser makes of a page: its elements, its attributes, its text and its scripts."""

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    raw: dict[str, list[str]] = field(default_factory=dict)
    within: str = ""

    @classmethod
    def of(cls, html: str) -> "Page":
        """The page that `html` is."""
        page = cls()
        HTMLParser.__init__(page)
        page.feed(html)
        page.close()
        return page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note the element."""
        self.elements.append((tag, dict(attrs)))
        self.within = tag

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        """Leave the element."""
        self.within = ""

    def handle_data(self, data: str) -> None:
        """Note the text, apart from what is no text to a reader."""
        if self.within in ("script", "style"):
            self.raw.setdefault(self.within, []).append(data)
        else:
            self.said.append(data)

    @property
    def text(self) -> str:
        """What a reader sees, on one line."""
        return " ".join(" ".join(self.said).split())

    @property
    def policy(self) -> dict[str, str]:
        """The directives of its Content-Security-Policy."""
        metas = [attributes for tag, attributes in self.elements if tag == "meta"]
        name = "Content-Security-Policy"
        said = next(each["content"] for each in metas if each.get("http-equiv") == name)
        assert said is not None
        return {
            name: rest
            for name, _, rest in (each.strip().partition(" ") for each in said.split(";"))
        }
