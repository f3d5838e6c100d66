"""One worker of nginx (Debian) serving the bytes of one answer as a file: the ceiling for repeated reads."""

import os
from collections.abc import Sequence

from benchmarks.servers.base import HOST, RESULTS, Loaded, Server, program

CONFIGURATION = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 100000000;
  open_file_cache max=100;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  types {{ {media} json; }}
  server {{ listen {host}:{port}; root {folder}/www; }}
}}
"""


class Nginx(Server):
    """`nginx` as a file server."""

    name = "nginx"
    port = 28705

    def locate(self) -> None:
        """Finds the command."""
        self._program = program("nginx")

    def load(self) -> Loaded:
        """Writes the configuration and an answer to be ready with."""
        user = "user root;" if os.geteuid() == 0 else ""  # else its workers may not read the folder
        folder = self.folder.resolve()
        text = CONFIGURATION.format(user=user, folder=folder, media=RESULTS, host=HOST, port=self.port)
        (self.folder / "nginx.conf").write_text(text, encoding="utf-8")
        self.publish(b"true")
        return Loaded(0.0, None, 0)

    def publish(self, body: bytes) -> None:
        """Makes these bytes what is served."""
        (self.folder / "www").mkdir(exist_ok=True)
        (self.folder / "www" / "answer.json").write_bytes(body)

    def command(self) -> Sequence[str]:
        """Serves the folder."""
        return (self._program, "-e", str(self.folder / "error.log"), "-c", str(self.folder / "nginx.conf"))

    def request(self, query: str) -> str:
        """The file, whatever is asked."""
        del query
        return "/answer.json"
