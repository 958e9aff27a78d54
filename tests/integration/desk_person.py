"""A person at the desk, as far as HTTP sees one: cookies, the CSRF token, an authenticator.

Used by desk_people.py. Speaks to the desk of a real server; keeps no password beyond its own.
"""

import base64
import hashlib
import hmac
import http.client
import json
import struct
import time

PASSWORD = "seven brass anchors rust"


def totp(secret, step):
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


class Reply:
    def __init__(self, status, fields, body):
        self.status, self.fields, self.body = status, fields, body

    def json(self):
        return json.loads(self.body)

    def kind(self):
        """Of a problem document: not-permitted."""
        return self.json()["type"].rsplit(":", 1)[-1]


class Person:
    def __init__(self, port):
        self.port = port
        self.cookies = {}
        self.csrf = ""
        self.secret = ""
        self.last_step = 0
        self.view = {}

    def ask(self, method, path, body=None, fields=()):
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = dict(fields)
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method != "GET" and self.csrf:
            headers.setdefault("Tillwatch-Csrf", self.csrf)
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        wire.request(method, path, body=data, headers=headers)
        answer = wire.getresponse()
        reply = Reply(answer.status, answer.headers, answer.read())
        for cookie in answer.headers.get_all("Set-Cookie", []):
            name, value = cookie.split(";", 1)[0].split("=", 1)
            assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/")), cookie
            self.cookies[name] = value
            if not value:
                del self.cookies[name]
        wire.close()
        return reply

    def keep(self, reply):
        """The view of a session, as the console keeps it."""
        assert reply.status == 200, (reply.status, reply.body)
        self.view = reply.json()
        self.csrf = self.view["csrf"]
        return self.view

    def digits(self):
        """Of a step that was not used before; the one that comes next counts too."""
        step = max(int(time.time()) // 30 - 1, self.last_step + 1)
        assert step <= int(time.time()) // 30 + 1, "more codes than the clock gives: sign in less often"
        self.last_step = step
        return totp(self.secret, step)

    def arrive(self, token, **members):
        """Through a one-time link, to a confirmed factor."""
        self.keep(self.ask("POST", "/desk/first-run", {"token": token, "password": PASSWORD, **members}))
        assert self.view["state"] == "enrol_factor", self.view
        begun = self.ask("POST", "/desk/account/totp").json()
        assert begun["svg"].startswith("<svg") and begun["uri"].startswith("otpauth://totp/")
        self.secret = begun["secret"]
        view = self.keep(self.ask("POST", "/desk/account/totp/confirm", {"totp": self.digits()}))
        assert view["state"] == "signed_in" and len(view["recovery_codes"]) == 10, view
        return view
