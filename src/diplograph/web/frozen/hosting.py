"""The files of a static site, and what hosts need to know to send them with the right media types."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

HEADERS = "_headers"
NGINX = "nginx.conf"
NGINX_SERVER = """\
# Inside a `server` block whose root is this folder: the media types, and pages without their suffix.
charset utf-8;
default_type application/octet-stream;
add_header Access-Control-Allow-Origin *;
rewrite ^/id/(.*)$ /doc/$1 redirect;
location / {{
    try_files $uri $uri.html $uri/index.html =404;
}}
types {{
{types}
}}
{exact}"""


class Files:
    """Writes files under a folder and remembers their media types."""

    def __init__(self, folder: Path) -> None:
        """Begin in a folder, which is made."""
        self._folder = folder
        self._types: dict[str, str] = {}
        folder.mkdir()

    @property
    def count(self) -> int:
        """How many files were written."""
        return len(self._types)

    def put(self, name: str, body: bytes, media_type: str) -> None:
        """Write one file, by its name relative to the folder."""
        path = self._folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        self._types[name] = media_type

    def finish(self) -> None:
        """Write the media types: `_headers` for Cloudflare Pages and Netlify, and a part for nginx."""
        by_suffix = self._by_suffix()
        odd = {name: kind for name, kind in self._types.items() if by_suffix.get(_suffix(name)) != kind}
        lines = [f"/*.{suffix}\n  Content-Type: {kind}" for suffix, kind in by_suffix.items()]
        lines += [f"/{quote(name)}\n  Content-Type: {kind}" for name, kind in sorted(odd.items())]
        lines.append("/*\n  Access-Control-Allow-Origin: *\n  X-Content-Type-Options: nosniff")
        (self._folder / HEADERS).write_text("\n".join(lines) + "\n", encoding="utf-8")
        types = "\n".join(f"    {_bare(kind)} {suffix};" for suffix, kind in by_suffix.items())
        exact = "".join(
            f"location = /{quote(name)} {{ types {{ }} default_type '{kind}'; }}\n"
            for name, kind in sorted(odd.items())
        )
        text = NGINX_SERVER.format(types=types, exact=exact)
        (self._folder / NGINX).write_text(text, encoding="utf-8")

    def _by_suffix(self) -> dict[str, str]:
        """The type that most files of a suffix have."""
        kinds: dict[str, list[str]] = {}
        for name, kind in self._types.items():
            if _suffix(name):
                kinds.setdefault(_suffix(name), []).append(kind)
        return {suffix: max(sorted(found), key=found.count) for suffix, found in sorted(kinds.items())}


def _suffix(name: str) -> str:
    return Path(name).suffix.removeprefix(".")


def _bare(kind: str) -> str:
    return kind.partition(";")[0]
