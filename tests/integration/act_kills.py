#!/usr/bin/env python3
"""Kills server, writers and database at random moments while acts and transactions come in, and compares both sides.

Called by script/stages (short; --long: 200 rounds for each database) and by hand. What must hold after every kill:
an act and the row it speaks of are both there or neither is; what a writer was told is there; numbers have no gap.
And at the end: each act stands in the journal once, in the order of its number, where the database says that it does;
each decision of the journal has its row, once; each live hit is counted by one alert, once. It kills only processes that it started.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import threading
import time

from desk_process import DataFolder, Desk, DeskFailure, add_program_option, compact, count, default_policy, die_with_parent, run_program
from http_wire import Disconnected, Malformed, Wire, request
from stores import STORES
from traffic import MERCHANTS, merchant_facts, transaction

CONNECTIONS = 4
SETTLE_SECONDS_MAX = 120
PATIENCE = (("Tillwatch-Deadline-Ms", "60000"),)
# Where the switch is turned: the writer's or the server's.
SABOTAGES = {"outbox_outside_transaction": "writer", "projector_position_outside": "server"}


class Writer:
    """The act_writer, and the record of what it was told."""

    def __init__(self, program, url, seed, sabotage):
        words = [program, "write", url, str(CONNECTIONS), str(seed)] + ([sabotage] if sabotage else [])
        self.process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        self.committed, self.unknown = {}, {}
        self.reading = threading.Thread(target=self.read, daemon=True)
        self.reading.start()

    def read(self):
        for line in self.process.stdout:
            words = line.decode().split()
            if len(words) == 3 and line.endswith(b"\n"):  # the last may be cut by the kill
                (self.committed if words[0] == "ok" else self.unknown)[words[1]] = int(words[2])

    def end(self, kill):
        if kill:
            self.process.kill()
        else:
            self.process.stdin.close()
        self.process.wait()
        self.reading.join()
        if not kill and self.process.returncode != 0:
            raise DeskFailure(f"the writer ended with {self.process.returncode}")
        for pipe in (self.process.stdin, self.process.stdout):
            pipe.close()


class Traffic(threading.Thread):
    """Transactions until the server is gone."""

    def __init__(self, kills, port, seed):
        super().__init__(daemon=True)
        self.kills, self.port, self.random = kills, port, random.Random(seed)
        self.answered = 0
        self.fault = None

    def run(self):
        try:
            wire = Wire(self.port)
            while not self.kills.over.is_set():
                group = [transaction(self.random, f"tx-{self.kills.next_number()}") for _ in range(8)]
                wire.send(b"".join(request("POST", "/v1/decisions", self.kills.key, compact(one), PATIENCE) for one in group))
                for _ in group:
                    answer = wire.receive()
                    if answer.status not in (200, 503):
                        self.fault = f"a transaction got {answer.status}: {answer.body[:200]!r}"
                    self.answered += 1
            wire.close()
        except (Disconnected, OSError):
            pass
        except Malformed as error:
            self.fault = f"an answer is malformed: {error}"


class ActKills:
    def __init__(self, program, writer, store, rounds, seed, sabotage=""):
        self.random = random.Random(seed)
        self.seed, self.rounds, self.writer_program, self.sabotage = seed, rounds, writer, sabotage
        self.faults = []
        self.data = DataFolder(program)
        self.key = self.data.api_key("till", "decide,events,read")
        self.store = STORES[store](self.data.path)
        self.over = threading.Event()
        self.numbers, self.lock = 0, threading.Lock()
        self.committed = {}
        self.counts = {"server": 0, "writer": 0, "database": 0, "early": 0, "stop": 0}
        self.answered = self.while_down = self.unknown = self.hits = 0
        self.desk = self.writer = None
        self.round = 0

    def next_number(self):
        with self.lock:
            self.numbers += 1
            return self.numbers

    def fault(self, text):
        self.faults.append(f"round {self.round}: {text}")

    def start(self):
        options = ["--database", self.store.url]
        if SABOTAGES.get(self.sabotage) == "server":
            options += ["--sabotage", self.sabotage]
        self.desk = Desk(self.data, default_policy(), options)
        return self.desk

    def begin(self):
        desk = self.start().wait_until_serving()
        self.store.query("create table if not exists act_probe (id text primary key, act bigint not null)")
        wire = Wire(desk.port)
        for number in range(MERCHANTS):
            for event in merchant_facts(number):
                wire.ask(request("POST", "/v1/events", self.key, compact(event), PATIENCE))
        wire.close()
        desk.stop()

    def one_round(self):
        if self.random.random() < 0.15:  # killed while it starts
            desk = self.start()
            time.sleep(self.random.uniform(0, 0.3))
            desk.kill()
            self.counts["early"] += 1
            self.check_database()
        desk = self.start().wait_until_serving()
        self.over.clear()
        traffic = Traffic(self, desk.port, f"{self.seed}/{self.round}")
        traffic.start()
        switch = self.sabotage if SABOTAGES.get(self.sabotage) == "writer" else ""
        self.writer = Writer(self.writer_program, self.store.url, self.seed * 10_000 + self.round, switch)
        self.over.wait(self.random.choice((self.random.uniform(0.02, 0.3), self.random.uniform(0.2, 1.2))))
        writer_killed = self.random.random() < 0.6
        if writer_killed and self.random.random() < 0.5:  # before the others, or after them
            self.end_writer(True)
        if self.random.random() < 0.5 and self.store.kill():
            self.counts["database"] += 1
            answered = traffic.answered
            self.over.wait(self.random.uniform(0, 0.3))
            self.while_down += traffic.answered - answered
            if not desk.alive():
                self.fault(f"the server ended with its database; its log ends: {desk.log_end()}")
            if self.random.random() < 0.7:
                self.store.start()  # the server finds it again
                self.over.wait(self.random.uniform(0, 0.4))
        if self.random.random() < 0.15 and desk.alive():
            self.over.set()
            desk.stop()
            self.counts["stop"] += 1
        else:
            desk.kill()
            self.counts["server"] += 1
        self.over.set()
        self.store.start()
        if self.writer:
            self.end_writer(writer_killed)
        traffic.join(90)
        self.answered += traffic.answered
        if traffic.fault:
            self.fault(traffic.fault)
        self.check_database()

    def end_writer(self, kill):
        writer, self.writer = self.writer, None
        writer.end(kill)
        self.counts["writer"] += int(kill)
        self.committed |= writer.committed
        self.unknown += len(writer.unknown)

    def check_database(self):
        """What must hold at any instant, whoever was killed."""
        rows = dict(self.store.query("select id, act from act_probe"))
        acts = self.store.query("select number, subject from outbox where kind = 'probe.made' order by number")
        by_subject = {subject.removeprefix("probe:"): number for number, subject in acts}
        if rows != by_subject:
            odd = sorted(set(rows.items()) ^ set(by_subject.items()))[:3]
            self.fault(f"rows and acts differ ({len(rows)} and {len(by_subject)}), such as {odd}")
        if [number for number, _ in acts] != list(range(1, len(acts) + 1)):
            self.fault("the numbers of the acts have a gap")
        for one, number in self.committed.items():
            if rows.get(one) != number:
                self.fault(f"{one} was committed as act {number}, and is {rows.get(one)}")
        ahead = self.store.query("select count(*) from decision d, projector_position p where d.sequence > p.sequence")[0][0]
        if ahead:
            self.fault(f"{ahead} rows of decisions stand beyond the projector's position")
        gathered = self.store.query("select coalesce(sum(decisions + snoozed_decisions + cooled_decisions), 0) from findings_alert")
        hits = self.store.query("select count(*) from decision_hit where shadow = 0")
        self.hits = int(hits[0][0])
        if int(gathered[0][0]) != self.hits:
            self.fault(f"{self.hits} live hits, and the alerts counted {gathered[0][0]}")
        placed = self.store.query("select number, sequence from outbox where sequence is not null order by number")
        if [number for number, _ in placed] != list(range(1, len(placed) + 1)):
            self.fault("an act is effective before an earlier one")
        sequences = [sequence for _, sequence in placed]
        if sequences != sorted(set(sequences)):
            self.fault("acts are not in the journal in the order of their numbers")

    def settle(self):
        """Serves until the database has all of the journal, then stops well."""
        desk = self.start().wait_until_serving()
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while time.monotonic() < deadline and desk.alive():
            if self.store.query("select count(*) from outbox where sequence is null")[0][0] == 0:
                break
            time.sleep(0.05)
        else:
            self.fault(f"acts do not become effective; the server's log ends: {desk.log_end()}")
        desk.stop()

    def check_journal(self):
        """Both sides, record by record, up to where the database has come."""
        position = self.projected()
        done = subprocess.run([self.writer_program, "journal", self.data.path, str(position)], capture_output=True,
                              text=True, timeout=600)
        if done.returncode != 0:
            self.fault(f"the journal cannot be read: {done.stderr}")
            return
        journal, decisions = [], []
        for line in done.stdout.splitlines():
            words = line.split()
            if words[0] == "act":
                journal.append((int(words[2]), int(words[1]), words[4]))
            else:
                decisions.append(int(words[1]))
        outbox = [tuple(row) for row in
                  self.store.query("select number, sequence, digest from outbox where sequence is not null order by number")]
        outbox = [(number, sequence, str(digest)) for number, sequence, digest in outbox]
        if journal != outbox:
            odd = sorted(set(journal) ^ set(outbox))[:3]
            self.fault(f"journal and outbox differ ({len(journal)} and {len(outbox)} acts), such as {odd}")
        rows = [row[0] for row in self.store.query("select sequence from decision order by sequence")]
        if rows != decisions:
            odd = sorted(set(rows) ^ set(decisions))[:3]
            self.fault(f"decisions differ: {len(decisions)} in the journal, {len(rows)} rows, such as {odd}")
        self.compared = (len(journal), len(decisions))

    def check_data_keys(self):
        """The keys of personal fields: for nobody else's eyes, and never made anew where something is sealed under them."""
        path = os.path.join(self.data.path, "data-keys")
        if os.stat(path).st_mode & 0o077:
            self.fault("others may read the data keys")
        self.store.query("insert into registry_tag (tag, entity, id, field, form) values ('1:0', 'person', 'x', 'name', 'whole')")
        os.rename(path, path + ".kept")
        desk = self.start()
        try:
            desk.wait_until_serving()
            self.fault("the server serves without the data keys of its database")
            desk.stop()
        except DeskFailure as failure:
            if "restore it from a backup" not in str(failure):
                self.fault(f"without its data keys the server says: {failure}")
        if os.path.exists(path):
            self.fault("new data keys were made beside what was sealed under the old ones")
            os.remove(path)
        os.rename(path + ".kept", path)
        self.store.query("delete from registry_tag where id = 'x'")
        self.check_rotation(path)

    def check_rotation(self, path):
        """A new data key beside a server is refused; without one it is made, and the one before goes."""
        words = ("--data", self.data.path, "--database", self.store.url)
        desk = self.start().wait_until_serving()
        code, out, error = run_program(self.data.program, "admin", "data-key", "rotate", *words)
        if code == 0 or "stop it first" not in error:
            self.fault(f"data keys were rotated under a server: {code} {out}{error}")
        desk.stop()
        for action in ("rotate", "retire"):
            self.data.must("admin", "data-key", action, *words)
        listed = self.data.must("admin", "data-key", "list", "--data", self.data.path)
        if [line.split()[:3] for line in listed.splitlines()] != [["key", "1", "retired"], ["key", "2", "current"]]:
            self.fault(f"after a rotation the data keys are: {listed}")
        if os.stat(path).st_mode & 0o077:
            self.fault("others may read the data keys after a rotation")

    def last_durable(self):
        wire = Wire(self.desk.port)
        page = json.loads(wire.ask(request("GET", "/v1/decisions?after=0&limit=1", self.key)).body)
        wire.close()
        return page["last_durable"]

    def acts_in_journal(self):
        """How many acts are durable, whatever the database knows of them."""
        done = subprocess.run([self.writer_program, "journal", self.data.path, str(self.last_durable())],
                              capture_output=True, text=True, timeout=600)
        return sum(line.startswith("act ") for line in done.stdout.splitlines())

    def projected(self):
        return self.store.query("select sequence from projector_position")[0][0]

    def last_act(self):
        return self.store.query("select last from outbox_counter")[0][0]

    def check_stuck_projection(self):
        """A row that should not be there holds the projection up; acts reach the engine all the same."""
        desk = self.start().wait_until_serving()
        # What comes next has to be decisions: where a projection lags, thirty entries on may stand an act.
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while self.projected() < self.last_durable() and time.monotonic() < deadline:
            self.over.wait(0.05)
        columns = ("admitted_at, event_time, authorisation, settlement, subject, asked_authorisation, asked_settlement, "
                   "asked_subject, severity, score_ppm, fired")
        self.store.query(f"insert into decision (sequence, kind, {columns}) select sequence + 30, 'odd', "
                         "0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 from projector_position")
        wire = Wire(desk.port)
        for _ in range(40):
            event = transaction(self.random, f"tx-{self.next_number()}")
            wire.ask(request("POST", "/v1/decisions", self.key, compact(event), PATIENCE))
        wire.close()
        before = self.last_act()
        self.writer = Writer(self.writer_program, self.store.url, self.seed * 10_000 + self.rounds + 1, "")
        self.over.clear()
        deadline = time.monotonic() + SETTLE_SECONDS_MAX
        while self.last_act() == before and time.monotonic() < deadline:  # on a busy machine it takes a while to begin
            self.over.wait(0.05)
        self.end_writer(False)
        wanted = self.last_act()
        while self.acts_in_journal() < wanted and time.monotonic() < deadline:
            self.over.wait(0.05)
        if self.acts_in_journal() != wanted:
            self.fault(f"acts wait for a projection that is stuck: {self.acts_in_journal()} of {wanted} in the journal")
        if self.store.query("select count(*) from outbox where sequence is null")[0][0] == 0:
            self.fault("the projection was not stuck: this check proves nothing")
        self.store.query("delete from decision where kind = 'odd'")
        desk.stop()
        self.settle()

    def side(self, name):
        """The files of one side in the data directory."""
        if name == "journal":
            return ["record"]
        return [one for one in os.listdir(self.data.path) if one.startswith("desk.db")]

    def keep_sides(self):
        """A backup of each side, as somebody makes who copies files; PostgreSQL's are not in the folder."""
        for name in ("journal", "database") if self.store.name == "sqlite" else ():
            os.mkdir(os.path.join(self.data.path, f"old-{name}"))
            for one in self.side(name):
                subprocess.run(["cp", "-a", one, f"old-{name}/"], cwd=self.data.path, check=True)

    def check_restored_side(self, name, words):
        """One side is put back to an older state: the server says so, and does not start."""
        old = os.path.join(self.data.path, f"old-{name}")
        if not os.path.isdir(old):
            return
        kept = os.path.join(self.data.path, f"new-{name}")
        os.mkdir(kept)
        for one in self.side(name):
            os.rename(os.path.join(self.data.path, one), os.path.join(kept, one))
        for one in os.listdir(old):
            os.rename(os.path.join(old, one), os.path.join(self.data.path, one))
        try:
            self.start().wait_until_serving()
            self.fault(f"an older {name} was accepted")
        except DeskFailure as refusal:
            if words not in str(refusal):
                self.fault(f"an older {name} is refused with other words: {refusal}")
        if self.desk.alive():
            self.desk.kill()
        for one in self.side(name):
            subprocess.run(["rm", "-rf", os.path.join(self.data.path, one)], check=True)
        for one in os.listdir(kept):
            os.rename(os.path.join(kept, one), os.path.join(self.data.path, one))

    def run(self):
        try:
            self.begin()
            for self.round in range(1, self.rounds + 1):
                self.one_round()
                if self.faults:
                    break
                if self.round == 1:
                    self.keep_sides()
                if self.round % 20 == 0:
                    self.settle()
                    self.check_journal()
                    print(f"  {self.summary()}", flush=True)
            if not self.faults:
                self.settle()
                self.check_stuck_projection()
                self.check_database()
                self.check_journal()
                self.data.verify()
                self.check_data_keys()
                self.check_restored_side("database", "the database is older than the journal")
                self.check_restored_side("journal", "the journal is older than the database")
                refused = self.store.query("select count(*) from outbox where refusal is not null")[0][0]
                print(f"  compared: {self.compared[0]} acts ({refused} of them refused by the engine), "
                      f"{self.compared[1]} decisions; the journal's decisions made again are the same")
        except (DeskFailure, Disconnected, Malformed, OSError, subprocess.TimeoutExpired) as failure:
            self.fault(f"{type(failure).__name__}: {failure}")
        finally:
            self.over.set()
            if self.desk and self.desk.alive():
                self.desk.kill()
            if self.writer:
                self.writer.end(True)
            self.store.close()
        print(f"  {self.summary()}")
        for text in self.faults[:10]:
            print(f"  broken: {text[:800]}")
        return not self.faults

    def summary(self):
        kills = ", ".join(f"{name} {number}" for name, number in self.counts.items())
        return (f"{self.store.name}: {self.round} rounds (kills: {kills}); {len(self.committed)} acts committed for certain, "
                f"{self.unknown} perhaps; {self.answered} transactions answered, {self.while_down} while "
                f"the database was down; {self.hits} hits in alerts")


def self_check(options):
    """Without a protection the rounds must turn red."""
    blind = 0
    for name in SABOTAGES:
        print(f"self-check: without a protection ({name})")
        for attempt in range(3):
            kills = ActKills(options.program, options.writer, "sqlite", 40, options.seed + attempt, name)
            good = kills.run()
            kills.data.delete()
            if not good:
                break
        else:
            print(f"  NOT noticed: {name}")
            blind += 1
    return blind


def main():
    parser = argparse.ArgumentParser(description="Kills server, writers and database; compares journal and database.")
    add_program_option(parser)
    parser.add_argument("--writer", help="the act_writer; beside the program's build folder if not given")
    parser.add_argument("--store", choices=sorted(STORES), default="sqlite")
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--long", action="store_true", help="200 rounds")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--self-check", action="store_true", help="only: is sabotage noticed?")
    options = parser.parse_args()
    build = os.path.dirname(os.path.dirname(os.path.abspath(options.program)))
    options.writer = options.writer or os.path.join(build, "tests", "integration", "act_writer")
    print(f"act kills: {options.store}, seed {options.seed}")
    if options.self_check:
        blind = self_check(options)
        count(len(SABOTAGES) - blind, blind)
        return 1 if blind else 0
    kills = ActKills(options.program, options.writer, options.store, 200 if options.long else options.rounds, options.seed)
    good = kills.run()
    count(int(good), int(not good))
    if good:
        kills.data.delete()
    else:
        print(f"act kills: broken; data directory {kills.data.path}, seed {options.seed}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
