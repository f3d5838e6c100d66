"""A page of the service as a page of a static site: links relative, and none that nobody would answer."""

from __future__ import annotations

from html import escape
from html.parser import HTMLParser
from urllib.parse import urldefrag

from diplograph.web.frozen.addresses import file_of, is_kept, local, relative

LINKS = {"href", "src"}


class Rewriter(HTMLParser):
    """Copies a page and turns its links; afterwards `found` are the paths that it leads to."""

    def __init__(self, path: str) -> None:
        """Begin with the page at a path."""
        super().__init__(convert_charrefs=False)
        self._path = path
        self._out: list[str] = []
        self.found: list[str] = []

    def page(self, html: str) -> str:
        """The whole page, rewritten."""
        self.feed(html)
        self.close()
        return "".join(self._out)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag, its links turned; a form is hidden, because nobody would answer it."""
        if tag == "form":
            self._out.append("<form hidden>")
        elif any(name in LINKS for name, _ in attrs):
            kept = [pair for pair in (self._turned(name, value) for name, value in attrs) if pair]
            self._out.append(f"<{tag}{''.join(_attribute(*pair) for pair in kept)}>")
        else:
            self._out.append(self.get_starttag_text() or "")

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        """The end of an element."""
        self._out.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Text, as it was written."""
        self._out.append(data)

    def handle_entityref(self, name: str) -> None:
        """A named character, as it was written."""
        self._out.append(f"&{name};")

    def handle_charref(self, name: str) -> None:
        """A numbered character, as it was written."""
        self._out.append(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        """The document type."""
        self._out.append(f"<!{decl}>")

    def handle_comment(self, data: str) -> None:
        """Nothing: comments are for those who read the service's templates."""

    def _turned(self, name: str, value: str | None) -> tuple[str, str | None] | None:
        """An attribute; a link that a static site cannot answer is left out, its text stays."""
        if name not in LINKS or value is None or value.startswith("#"):
            return name, value
        address, fragment = urldefrag(value)
        path = local(address, self._path)
        if path is None:
            return (name, value) if "://" in value or value.startswith("mailto:") else None
        if not is_kept(path):
            return None
        self.found.append(path)
        link = relative(file_of(path), file_of(self._path))
        return name, f"{link}#{fragment}" if fragment else link


def _attribute(name: str, value: str | None) -> str:
    return f" {name}" if value is None else f' {name}="{escape(value)}"'
