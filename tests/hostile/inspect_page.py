"""Reads a page as a suspicious browser would, and lists what could do anything."""

import re
from html.parser import HTMLParser

# Written down a second time, so that a longer list there does not pass unseen here.
TAGS = (
    "a abbr b blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption "
    "figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong sub "
    "summary sup table tbody td tfoot th thead tr u ul var"
)
FORMULAS = (
    "math merror mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms "
    "mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none"
)
IN_FORMULAS = (
    "accent accentunder display displaystyle fence form largeop linethickness mathvariant "
    "movablelimits scriptlevel separator stretchy width"
)
HARMLESS = set(TAGS.split()) | set(FORMULAS.split())
FRAME = {"html", "head", "meta", "title", "style", "body", "header", "main", "section"}
PLAIN = {"a": {"title", "rel"}, "img": {"alt"}, "td": {"colspan", "rowspan"}}
PLAIN |= {"th": PLAIN["td"], **{each: set(IN_FORMULAS.split()) for each in FORMULAS.split()}}
VOID = {"meta", "img", "br", "hr", "col"}
OWN_CLASSES = {"cell", "code", "markdown", "raw", "number", "source", "output", "note"}
OWN_CLASSES |= {"stream", "display", "result", "error"}
IMAGE = re.compile(r"data:image/(png|jpeg);base64,[A-Za-z0-9+/]+=*")
LINK = re.compile(r"(https?:|mailto:).*|#cell-\d+", re.DOTALL)


class Inspector(HTMLParser):
    """Gathers `problems`, the `text` that is shown and the `titles`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.problems: list[str] = []
        self.text = ""
        self.titles: list[str] = []
        self.images = 0
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Anything that is not on the lists is a problem."""
        if tag not in HARMLESS | FRAME:
            self.problems.append(f"<{tag}>")
        within = "section" in self._open
        for name, value in attrs:
            if not self._allowed(tag, name, value or "", within):
                self.problems.append(f"<{tag} {name}={value!r:.80}>")
        found = {name: value or "" for name, value in attrs}
        elsewhere = not found.get("href", "#").startswith("#")
        if elsewhere and "noreferrer" not in found.get("rel", ""):
            self.problems.append(f"<{tag}> tells where it was followed from")
        if tag == "img":
            self.images += "src" in found
        if tag not in VOID:
            self._open.append(tag)

    def _allowed(self, tag: str, name: str, value: str, within: bool) -> bool:
        if not within and tag != "section":  # the frame, which is ours
            return name in {"lang", "charset", "http-equiv", "content", "name"} and (
                "refresh" not in value
            )
        if name == "id":
            return tag == "section" and re.fullmatch(r"cell-\d+", value) is not None
        if name == "class":
            ours = set(value.split()) & OWN_CLASSES
            return bool(ours) == (tag in {"section", "div", "p"})
        if name == "src":
            return IMAGE.fullmatch(value) is not None
        if name == "href":
            return LINK.fullmatch(value) is not None
        return name in PLAIN.get(tag, set())

    def handle_endtag(self, tag: str) -> None:
        """An end that fits no start would close something of the page's."""
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> out of place")

    def handle_data(self, data: str) -> None:
        """Text is harmless; a title's is compared by the tests."""
        if self._open and self._open[-1] == "title":
            self.titles.append(data)
        elif "style" not in self._open:
            self.text += data

    def handle_comment(self, data: str) -> None:
        """Comments are parsed differently by different readers."""
        self.problems.append(f"<!--{data[:40]}-->")

    def unknown_decl(self, data: str) -> None:
        """So are declarations."""
        self.problems.append(f"<![{data[:40]}]>")


def inspected(page: str) -> Inspector:
    """Return the findings in the page."""
    inspector = Inspector()
    inspector.feed(page)
    inspector.close()
    return inspector
