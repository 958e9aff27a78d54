"""Real receivers on loopback: of webhooks, over HTTP and HTTPS, and of mail, over SMTP with STARTTLS.

Used by desk_messages.py. Each listens on a port of the system's choice and keeps what came; what it answers, the
test sets. Certificates come from openssl, made for the run.
"""

import base64
import hashlib
import hmac
import http.server
import os
import socketserver
import ssl
import subprocess
import threading


def make_certificates(folder):
    """An authority and a certificate for localhost; (authority, certificate, key)."""
    authority, ca_key = os.path.join(folder, "ca.pem"), os.path.join(folder, "ca.key")
    key, request, certificate = (os.path.join(folder, f"localhost.{end}") for end in ("key", "csr", "pem"))
    extension = os.path.join(folder, "names")
    with open(extension, "w", encoding="ascii") as file:
        file.write("subjectAltName=DNS:localhost\n")
    run = lambda *words: subprocess.run(["openssl", *words], check=True, capture_output=True)
    new_key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    run("req", "-x509", *new_key, "-keyout", ca_key, "-out", authority, "-days", "2", "-subj", "/CN=test authority")
    run("req", *new_key, "-keyout", key, "-out", request, "-subj", "/CN=localhost")
    signing = ("-CA", authority, "-CAkey", ca_key, "-CAcreateserial")
    run("x509", "-req", "-in", request, *signing, "-out", certificate, "-days", "2", "-extfile", extension)
    return authority, certificate, key


def verified(secret, fields, body):
    """Whether one of the signatures is right: what the specification asks of a receiver."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{fields['webhook-id']}.{fields['webhook-timestamp']}.".encode() + body
    wanted = "v1," + base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(one, wanted) for one in fields["webhook-signature"].split(" "))


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, handler, context=None):
        super().__init__(("127.0.0.1", 0), handler)
        self.port = self.server_address[1]
        self.context = context
        self.came = []  # what was received, in order
        self.status = 200
        self.fields = {}
        self.endless = False
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # a client that goes away is part of the tests

    def close(self):
        self.shutdown()
        self.server_close()


class WebhookHandler(http.server.BaseHTTPRequestHandler):
    def setup(self):
        if self.server.context:
            self.request = self.server.context.wrap_socket(self.request, server_side=True)
        super().setup()

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.status)
        for name, value in self.server.fields.items():
            self.send_header(name, value)
        if self.server.endless:
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 65536)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def webhook_receiver(certificate=None, key=None):
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    return Server(WebhookHandler, context)


class MailHandler(socketserver.StreamRequestHandler):
    """As much of RFC 5321 as a client needs; offers STARTTLS where the server has a certificate."""

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")

    def handle(self):
        secured, mail = False, {}
        self.say("220 localhost ESMTP")
        while line := self.rfile.readline():
            word = line.split(maxsplit=1)[0].upper() if line.strip() else b""
            if word in (b"EHLO", b"HELO"):
                mail["hello"] = line.strip().decode()
                offers = ["localhost", "8BITMIME"]
                if self.server.context and not secured:
                    offers.append("STARTTLS")
                if secured:
                    offers.append("AUTH PLAIN")
                for i, offer in enumerate(offers):
                    self.say(f"250{' ' if i == len(offers) - 1 else '-'}{offer}")
            elif word == b"STARTTLS":
                self.say("220 go on")
                self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
                self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
                secured = True
            elif word == b"AUTH":
                text = line.split()
                if len(text) < 3:
                    self.say("334 ")
                    text.append(self.rfile.readline().strip())
                mail["log_in"] = base64.b64decode(text[2]).split(b"\0")[1:]
                self.say("235 welcome")
            elif word in (b"MAIL", b"RCPT"):
                mail[word.decode()] = line.strip().decode()
                self.say("250 fine")
            elif word == b"DATA":
                self.say("354 go on")
                lines = []
                while (one := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(one)
                self.server.came.append({**mail, "tls": secured, "content": b"".join(lines)})
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("500 what?")


def mail_receiver(certificate=None, key=None):
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
    return Server(MailHandler, context)
