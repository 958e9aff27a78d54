"""No card number leaves the door: starts the real server, sends canaries in every place that takes text,
then looks for them in answers, log, metrics, every file of the data directory and the memory of the process.

Usage: canary.py TILLWATCH POLICY_FOLDER [--counts FILE]. Exits with 1 where a canary was found, or where the
test build with the door open (--sabotage leak_card_number) does not show one.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

from canary_numbers import Canaries, event, requests

SEED = 20260703


class Server:
    """A running `tillwatch serve` over a fresh data directory."""

    def __init__(self, program, policy, folder, sabotage=None, over_tls=False):
        self.tls = None
        self.data = os.path.join(folder, "data")
        os.mkdir(self.data)

        def run(*words):
            command = [program, "admin", *words, "--data", self.data]
            return subprocess.run(command, check=True, capture_output=True, text=True)

        run("key", "init")
        scopes = "decide,events,read,metrics,admin"
        wishes = ["--name", "canary", "--scope", scopes, "--expires", "1d"]
        self.key = run("api-key", "create", *wishes).stdout.strip()
        self.log = os.path.join(folder, "log")
        command = [program, "serve", "--data", self.data, "--policy", policy, "--listen", "127.0.0.1:0"]
        command += ["--sabotage", sabotage] if sabotage else []
        command += self.own_certificate(folder) if over_tls else []
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        line = self.process.stdout.readline()
        if not line:
            said = pathlib.Path(self.log).read_text(encoding="utf-8")
            raise SystemExit("the server did not start:\n" + said)
        self.port = urllib.parse.urlparse(line.split()[-1]).port

    def own_certificate(self, folder):
        """The options that serve it; from here on requests go over TLS."""
        certificate, key = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        command += ["-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
        subprocess.run([*command, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        self.tls = ssl.create_default_context(cafile=certificate)
        return ["--tls-cert", certificate, "--tls-key", key]

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        return self.tls.wrap_socket(connection, server_hostname="localhost") if self.tls else connection

    def send(self, method, target, headers, body):
        """The whole answer as bytes; one connection each, so that a refused one harms no other."""
        fields = {"Host": "localhost", "Connection": "close", "Authorization": "Bearer " + self.key}
        fields |= headers
        data = body.encode()
        fields["Content-Length"] = str(len(data))
        lines = [f"{method} {target} HTTP/1.1"] + [f"{name}: {value}" for name, value in fields.items()]
        head = "\r\n".join(lines) + "\r\n\r\n"
        answer = b""
        with self.connect() as connection:
            try:
                connection.sendall(head.encode() + data)
            except OSError:
                pass  # an early refusal may close before all was sent; its answer still comes
            while True:
                try:
                    piece = connection.recv(65536)
                except OSError:
                    break
                if not piece:
                    return answer
                answer += piece
        return answer

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


def memory_of(pid):
    """(what it was read with, bytes) of every writable region; (None, b"") where that is not permitted."""
    with tempfile.TemporaryDirectory() as folder:
        if shutil.which("gcore"):
            command = ["gcore", "-o", os.path.join(folder, "core"), str(pid)]
            subprocess.run(command, capture_output=True, check=False)
        image = os.path.join(folder, f"core.{pid}")
        if os.path.exists(image):
            return "core image", pathlib.Path(image).read_bytes()
    pieces = []
    try:
        maps = pathlib.Path(f"/proc/{pid}/maps").read_text(encoding="ascii").splitlines()
        with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
            for line in maps:
                found = re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line)
                if not found:
                    continue
                start, end = int(found[1], 16), int(found[2], 16)
                try:
                    memory.seek(start)
                    pieces.append(memory.read(end - start) or b"")
                except OSError:
                    continue  # guard pages and locked keys
    except PermissionError:
        return None, b""
    return "process memory", b"".join(pieces)


def files_below(folder):
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_file():
            yield str(path.relative_to(folder)), path.read_bytes()


def look(canaries, name, content):
    """The finds in one content: (place, use of the canary)."""
    return [(name, use) for text, use in canaries.uses.items() if text.encode() in content]


def run(program, policy, sabotage=None, over_tls=False):
    """(finds, places looked at, notes)."""
    canaries = Canaries(SEED)
    finds, places, notes = [], 0, []
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, policy, folder, sabotage, over_tls)
        answered = 0
        for use, method, target, headers, body in requests(canaries):
            answer = server.send(method, target, headers, body)
            answered += answer.startswith(b"HTTP/1.1 ")
            if not answer.startswith(b"HTTP/1.1 "):
                finds.append((f"no answer to {use}", use))
            if answer.startswith(b"HTTP/1.1 5") and use != "method":
                finds.append((f"answer {answer[9:12].decode()} to {use}", use))
            finds += look(canaries, f"answer to {use}", answer)
        for target in ("/metrics", "/v1/decisions?limit=1000", "/openapi.json"):
            finds += look(canaries, target, server.send("GET", target, {}, ""))
        # The server goes on working; what it did before must be gone from its memory.
        server.send("POST", "/v1/decisions", {"Content-Type": "application/json"}, event("last", ""))
        how, memory = memory_of(server.process.pid)
        if how:
            finds += look(canaries, how, memory)
            # The search itself must be able to find something: the policy's name is in there.
            if b"acquiring-first" not in memory:
                finds.append((how, "the search found nothing at all: it is blind"))
            notes.append(f"{how}: {len(memory) >> 20} MiB")
        else:
            notes.append("memory: not read, this user may not")
        code = server.stop()
        if code != 0:
            finds.append(("exit code", str(code)))
        for name, content in files_below(folder):
            finds += look(canaries, name, content)
            places += 1
        notes.append(f"{answered} answers, {places} files, {len(canaries.uses)} canaries")
    return finds, places, notes


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("policy")
    parser.add_argument("--counts")
    wishes = parser.parse_args()
    print(f"seed {SEED}")
    passed = failed = 0
    for over_tls in (False, True):
        finds, _, notes = run(wishes.program, wishes.policy, None, over_tls)
        print(f"closed door{' over TLS' if over_tls else ''}: " + "; ".join(notes))
        for place, use in finds:
            print(f"  LEAK in {place}: {use}")
        passed, failed = passed + (not finds), failed + bool(finds)
    command = [wishes.program, "serve", "--help"]
    words = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    if "--sabotage" in words:
        opened, _, _ = run(wishes.program, wishes.policy, "leak_card_number")
        in_files = [find for find in opened if "segment" in find[0] or "answer" in find[0]]
        print(f"opened door: {len(opened)} finds, {len(in_files)} of them in answers and the journal")
        if not in_files:
            print("  the door was opened by sabotage and the test saw nothing: it cannot fail")
        passed, failed = passed + bool(in_files), failed + (not in_files)
    else:
        print("this build has no sabotage switches: the counter-test is left out")
    if wishes.counts:
        with open(wishes.counts, "a", encoding="utf-8") as file:
            file.write(f"passed {passed}\nfailed {failed}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
