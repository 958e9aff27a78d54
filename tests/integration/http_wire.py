"""HTTP/1.1 by hand over a loopback socket: requests as bytes, pipelines, answers taken apart strictly.

Used by the programs of this folder, which send what no well-behaved library would.
"""

import socket
from collections import namedtuple

ANSWER_BYTES_MAX = 16 * 1024 * 1024
WAIT_SECONDS_MAX = 60
Answer = namedtuple("Answer", "status headers body")  # headers: names in lower case


class Disconnected(Exception):
    """The other side closed or reset the connection before an answer was whole."""


class Malformed(Exception):
    """What came back is not HTTP as we speak it."""


def request(method, target, key=None, body=None, headers=(), content_type="application/json"):
    """The bytes of one request."""
    lines = [f"{method} {target} HTTP/1.1", "Host: 127.0.0.1"]
    if key:
        lines.append(f"Authorization: Bearer {key}")
    if body is not None:
        lines += [f"Content-Type: {content_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + (body or b"")


class Wire:
    """One connection; answers come in the order of the requests."""

    def __init__(self, port, seconds=WAIT_SECONDS_MAX, buffer_bytes=None):
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if buffer_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
        self.socket.settimeout(seconds)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.kept = b""
        try:
            self.socket.connect(("127.0.0.1", port))
        except OSError as error:
            self.socket.close()
            raise Disconnected(str(error)) from None

    def send(self, data):
        try:
            self.socket.sendall(data)
        except socket.timeout:
            raise
        except OSError as error:
            raise Disconnected(str(error)) from None

    def more(self):
        try:
            data = self.socket.recv(256 * 1024)
        except socket.timeout:
            raise
        except OSError as error:
            raise Disconnected(str(error)) from None
        if not data:
            raise Disconnected("the server closed the connection")
        if len(self.kept) + len(data) > ANSWER_BYTES_MAX:
            raise Malformed("an answer without end")
        self.kept += data

    def receive(self, head_only=False):
        """The next answer; 100 Continue is passed over."""
        while True:
            while b"\r\n\r\n" not in self.kept:
                self.more()
            head, rest = self.kept.split(b"\r\n\r\n", 1)
            status, headers = read_head(head)
            if status == 100:
                self.kept = rest
                continue
            length = headers.get("content-length")
            if length is None or not length.isdigit():
                raise Malformed(f"status {status} without Content-Length: {head!r}")
            size = 0 if head_only else int(length)
            while len(self.kept) - len(head) - 4 < size:
                self.more()
            begin = len(head) + 4
            body, self.kept = self.kept[begin : begin + size], self.kept[begin + size :]
            return Answer(status, headers, body)

    def ask(self, data):
        self.send(data)
        return self.receive()

    def close(self):
        self.socket.close()


def read_head(head):
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ", 2)
    if len(parts) < 2 or parts[0] != "HTTP/1.1" or not (parts[1].isdigit() and len(parts[1]) == 3):
        raise Malformed(f"no status line: {lines[0]!r}")
    headers = {}
    for line in lines[1:]:
        name, separator, value = line.partition(":")
        if not separator or name != name.strip() or not name:
            raise Malformed(f"no header line: {line!r}")
        if name.lower() in headers:
            raise Malformed(f"a header stands twice: {name}")
        headers[name.lower()] = value.strip()
    return int(parts[1]), headers
