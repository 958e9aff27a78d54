"""The two databases of people's work, as act_kills.py sees them from outside: SQL by their own tools, and their death.

SQLite lives in the processes that use it and dies with them. PostgreSQL is a server of its own, made here and killed
with all its processes, so that it has to recover from its write-ahead log.
"""

import glob
import os
import pwd
import signal
import sqlite3
import subprocess
import tempfile
import time

from desk_process import DeskFailure, die_with_parent

START_SECONDS_MAX = 60


class SqliteStore:
    name = "sqlite"

    def __init__(self, folder):
        self.path = os.path.join(folder, "desk.db")
        self.url = f"sqlite:{self.path}"

    def query(self, text):
        connection = sqlite3.connect(f"file:{self.path}?mode=rw", uri=True, timeout=30)
        try:
            found = connection.execute(text).fetchall()
            connection.commit()
            return found
        finally:
            connection.close()

    def kill(self):
        return False

    def start(self):
        pass

    def close(self):
        pass


class PostgresStore:
    name = "postgres"

    def __init__(self, _folder):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
        if not found:
            raise DeskFailure("there is no PostgreSQL: script/install test")
        self.programs = found[-1]
        self.folder = tempfile.mkdtemp(prefix="tillwatch-postgres-")
        self.owner = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
        for part in ("", "data", "socket"):
            path = os.path.join(self.folder, part)
            os.makedirs(path, mode=0o700, exist_ok=True)
            if self.owner:
                os.chown(path, self.owner.pw_uid, self.owner.pw_gid)
        data = os.path.join(self.folder, "data")
        words = ("-D", data, "-U", "tillwatch", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8")
        self.owned("initdb", *words)
        self.url = f"postgres:///postgres?host={self.folder}/socket&user=tillwatch"
        self.server = None
        self.start()

    def become_owner(self):
        die_with_parent()
        if self.owner:
            os.setgid(self.owner.pw_gid)
            os.setuid(self.owner.pw_uid)

    def owned(self, program, *words):
        done = subprocess.run([f"{self.programs}/{program}", *words], capture_output=True, text=True, cwd="/",
                              preexec_fn=self.become_owner, timeout=300)
        if done.returncode != 0:
            raise DeskFailure(f"{program} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        if self.server and self.server.poll() is None:
            return
        log = open(os.path.join(self.folder, "server.log"), "ab")
        self.server = subprocess.Popen(
            [f"{self.programs}/postgres", "-D", f"{self.folder}/data", "-c", "listen_addresses=",
             "-c", f"unix_socket_directories={self.folder}/socket"],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/", preexec_fn=self.become_owner)
        log.close()
        deadline = time.monotonic() + START_SECONDS_MAX
        while True:
            try:
                self.query("select 1")
                return
            except DeskFailure as failure:
                if time.monotonic() > deadline or self.server.poll() is not None:
                    raise DeskFailure(f"PostgreSQL does not start: {failure}") from failure
                time.sleep(0.05)

    def query(self, text):
        done = subprocess.run(["psql", self.url.replace("postgres:", "postgresql:"), "-AtX", "-F", "\t", "-c", text],
                              capture_output=True, text=True, timeout=120)
        if done.returncode != 0:
            raise DeskFailure(done.stderr.strip())
        lines = [line for line in done.stdout.split("\n") if line]
        return [tuple(int(word) if word.lstrip("-").isdigit() else word for word in line.split("\t")) for line in lines]

    def processes(self):
        """The server's own processes, by their parent."""
        found = []
        for path in glob.glob("/proc/[0-9]*/stat"):
            try:
                with open(path, encoding="utf-8", errors="replace") as file:
                    fields = file.read().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(fields[1]) == self.server.pid:
                found.append(int(path.split("/")[2]))
        return found

    def kill(self):
        """SIGKILL to all of it at once, as a machine that stops."""
        self.server.send_signal(signal.SIGSTOP)  # so that it starts no more
        children = self.processes()
        for one in (*children, self.server.pid):
            try:
                os.kill(one, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.server.wait()
        deadline = time.monotonic() + START_SECONDS_MAX
        while any(os.path.exists(f"/proc/{one}") for one in children) and time.monotonic() < deadline:
            time.sleep(0.01)
        return True

    def close(self):
        if self.server and self.server.poll() is None:
            self.kill()
        subprocess.run(["rm", "-rf", self.folder], check=False)


STORES = {"sqlite": SqliteStore, "postgres": PostgresStore}
