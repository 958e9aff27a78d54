"""The real server as a child process on loopback: made, started, killed, stopped; and its verification.

Used by the programs of this folder. Never leaves a process behind: the kernel ends a child whose parent ends.
"""

import ctypes
import json
import os
import re
import select
import shutil
import signal
import subprocess
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
START_SECONDS_MAX = 120  # recovery of a long journal under a debug build on a busy machine
STOP_SECONDS_MAX = 120
PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)


class DeskFailure(Exception):
    """The program did what it must not do; the message is what a person reads."""


def default_program():
    """The program of the dev preset, where the stages build it."""
    build = os.environ.get("TILLWATCH_BUILD") or os.path.join(ROOT, "build")
    return os.path.join(build, "dev", "apps", "tillwatch")


def default_policy():
    return os.path.join(ROOT, "policies", "acquiring-first")


def add_program_option(parser):
    parser.add_argument("--program", default=default_program(), help="the tillwatch to test")


def die_with_parent():
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def run_program(program, *words, seconds=600):
    """Runs a command of the program to its end; (exit code, standard output, standard error)."""
    done = subprocess.run(
        [program, *words], capture_output=True, text=True, timeout=seconds, preexec_fn=die_with_parent
    )
    return done.returncode, done.stdout, done.stderr


class DataFolder:
    """A data directory with a card key and API keys; deleted at the end unless something went wrong."""

    def __init__(self, program):
        self.program = program
        self.path = tempfile.mkdtemp(prefix="tillwatch-")
        self.must("admin", "key", "init", "--data", self.path)

    def must(self, *words):
        code, out, error = run_program(self.program, *words)
        if code != 0:
            raise DeskFailure(f"tillwatch {' '.join(words)} ended with {code}: {error.strip()}")
        return out

    def api_key(self, name, scopes, expires="30d"):
        words = ("admin", "api-key", "create", "--name", name, "--scope", scopes, "--expires", expires)
        return self.must(*words, "--data", self.path).strip()

    def revoke(self, name):
        for line in self.must("admin", "api-key", "list", "--data", self.path).splitlines():
            if line.split()[2] == name:
                self.must("admin", "api-key", "revoke", line.split()[0], "--data", self.path)
                return
        raise DeskFailure(f"there is no API key of {name}")

    def verify(self, program=None):
        """What `tillwatch verify` prints, as {entries, decisions, hash}."""
        code, out, error = run_program(program or self.program, "verify", "--data", self.path)
        if code != 0:
            raise DeskFailure(f"tillwatch verify ended with {code}: {out}{error}")
        found = dict(re.findall(r"^(entries|decisions|hash) (\S+)$", out, re.M))
        if "every decision is the same" not in out or found.keys() != {"entries", "decisions", "hash"}:
            raise DeskFailure(f"tillwatch verify says: {out}")
        return found

    def delete(self):
        shutil.rmtree(self.path, ignore_errors=True)


class Desk:
    """One life of the server over a data directory."""

    def __init__(self, data, policy, options=()):
        self.log_path = os.path.join(data.path, "server.log")
        self.log = open(self.log_path, "ab")
        words = [data.program, "serve", "--data", data.path, "--policy", policy, "--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            words + list(options), stdout=subprocess.PIPE, stderr=self.log, preexec_fn=die_with_parent
        )
        self.port = None

    def wait_until_serving(self):
        """Reads the line that names the port."""
        deadline = time.monotonic() + START_SECONDS_MAX
        said = b""
        while b"\n" not in said:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not more:
                self.kill()
                raise DeskFailure(f"the server did not start: {said!r}; its log ends: {self.log_end()}")
            said += more
        self.said = said  # may hold lines behind the first
        self.port = int(said.split(b"\n")[0].rsplit(b":", 1)[1])
        return self

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        """SIGKILL: no last word, no last write."""
        self.process.kill()
        self.end()

    def stop(self):
        """SIGTERM: finishes, writes a snapshot, exits with 0."""
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()
            raise DeskFailure(f"the server did not stop in {STOP_SECONDS_MAX} s") from None
        self.end()
        if code != 0:
            raise DeskFailure(f"the server stopped with {code}; its log ends: {self.log_end()}")

    def end(self):
        self.process.wait()
        self.process.stdout.close()
        self.log.close()

    def log_end(self):
        with open(self.log_path, "rb") as file:
            return file.read()[-1500:].decode("utf-8", "replace")

    def processor_seconds(self):
        """User and system time that the process has used."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def count(passed, failed):
    """Tells script/test, where it asks."""
    path = os.environ.get("TILLWATCH_COUNTS")
    if path:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"passed {passed}\nfailed {failed}\n")


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
