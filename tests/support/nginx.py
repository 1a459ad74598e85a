"""A real nginx on a free port, in a folder of its own, with paths like those of conformance.py."""
import socket
import subprocess
import tempfile
from pathlib import Path

from support.waiting import wait_until

_CONFIGURATION = """
daemon off; master_process off; pid nginx.pid; error_log error.log;
events {{ worker_connections 256; }}
http {{
  access_log off; merge_slashes off; keepalive_requests 100000;
  lingering_timeout 1s;
  client_header_buffer_size 1k; large_client_header_buffers 4 16k; client_max_body_size 10m;
  client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi; scgi_temp_path scgi;
  server {{
    listen 127.0.0.1:{port};
    location ~ ^/(hello|echo|hello-too|probe|seen|seen/.*|users/[0-9]+)$ {{ return 200 "served"; }}
    location / {{ return 404; }}
  }}
}}
"""


class Nginx:
    def __init__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="plughost-nginx-")
        path = Path(self._folder.name)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        (path / "nginx.conf").write_text(_CONFIGURATION.format(port=self.port))
        self._process = subprocess.Popen(
            ["/usr/sbin/nginx", "-p", str(path), "-e", "error.log", "-c", "nginx.conf"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            wait_until(self._answers, "nginx listens")
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> "Nginx":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=30)
        self._folder.cleanup()

    def _answers(self) -> bool:
        if self._process.poll() is not None:
            raise AssertionError(f"nginx ended: {self._process.communicate()[1].decode()}")
        try:
            socket.create_connection(("127.0.0.1", self.port), 5).close()
            return True
        except ConnectionRefusedError:
            return False
