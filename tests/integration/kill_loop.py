#!/usr/bin/env python3
"""Kills the server at random moments under load, and holds what it promised against an outside record.

Called by script/stages (short: 8 kills; --long: 200) and by hand. It kills only processes that it started.
A kill -9 leaves the kernel's page cache alone, so it cannot show a missing sync: the power-loss tests of
src/decision/pipeline on the simulated disk do that (sabotage acknowledge_before_sync).
"""

import argparse
import json
import os
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter

from desk_process import DataFolder, Desk, DeskFailure, add_program_option, compact, count, default_policy
from http_wire import Disconnected, Malformed, Wire, request
from ledger import Ledger, Request, decision_of_line, decisions_of_page
from traffic import MERCHANTS, merchant_facts, other_event, transaction

PATIENCE = (("Tillwatch-Deadline-Ms", "60000"),)
CLIENTS = 4
PIPELINE_MAX = 12
BATCH_MAX = 20
OLD_CHECKED = 100  # of the older decisions, after each kill
SABOTAGES = ("skip_journal_tail", "no_deduplication")
# A second policy: put in force by some restarts, so that kills also meet swaps and backfills.
MORE_POLICY = """features:
  - name: kill_loop_terminal_count_1d
    of: transaction
    key: [terminal.serial]
    aggregate: count
    window: 1d
    unit: count
  - name: kill_loop_own_declines_1h
    of: decision
    key: [terminal.serial]
    where: decision.authorisation != "allow"
    aggregate: count
    window: 1h
    unit: count
rules:
  - id: K01-many
    typology: K01
    title: {en: Many on one terminal, zh: 同一终端多笔}
    when: kill_loop_terminal_count_1d > 20 && amount > 50000 && kill_loop_own_declines_1h < 1000000
    action: {authorisation: challenge}
    severity: 1
    confidence: 0.3
    reason: many
    text:
      en: "{kill_loop_terminal_count_1d} in a day, {kill_loop_own_declines_1h} not allowed within an hour"
      zh: "一日{kill_loop_terminal_count_1d}笔,一小时内{kill_loop_own_declines_1h}笔未放行"
"""


class Client(threading.Thread):
    """One connection that sends, repeats, contradicts and pipelines until the server is gone."""

    def __init__(self, loop, port, seed):
        super().__init__(daemon=True)
        self.loop, self.port, self.random = loop, port, random.Random(seed)
        self.ledger = loop.ledger

    def run(self):
        try:
            self.wire = Wire(self.port)
            while not self.loop.over.is_set() and not self.ledger.broken():
                acts = (self.pipeline, self.batch, self.contradict, self.dry_run)
                self.random.choices(acts, (70, 10, 10, 10))[0]()
        except Disconnected:
            pass
        except (Malformed, OSError, ValueError, KeyError) as error:
            self.ledger.fault(f"a client met {type(error).__name__}: {error}")
        finally:
            if hasattr(self, "wire"):
                self.wire.close()

    def choose(self, decisions_only=False):
        """A request to send: often one that was sent before."""
        found = self.ledger.next_repeat(self.random) if self.random.random() < 0.55 else None
        if found and (found.target == "/v1/decisions" or not decisions_only):
            return found
        return self.loop.new_request(self.random, decisions_only)

    def as_bytes(self, one):
        body = one.body
        if self.random.random() < 0.3:  # the same content, written otherwise
            members = list(one.event.items())
            self.random.shuffle(members)
            body = json.dumps(dict(members), indent=1, ensure_ascii=True).encode()
        return request("POST", one.target, self.loop.key, body, PATIENCE)

    def pipeline(self):
        size = 1 if self.random.random() < 0.6 else self.random.randint(2, PIPELINE_MAX)
        chosen = [self.choose() for _ in range(size)]
        data = b"".join(self.as_bytes(one) for one in chosen)
        waiting = [(one, self.ledger.sending(one.id)) for one in chosen]
        try:
            self.wire.send(data)
            while waiting:
                answer = self.wire.receive()
                one, known = waiting.pop(0)
                repeated = answer.headers.get("tillwatch-repeated") == "true"
                self.ledger.answered(one.id, known, answer.status, answer.body, repeated)
        except Disconnected:
            self.ledger.lost(len(waiting))
            raise

    def batch(self):
        chosen = [self.choose(decisions_only=True) for _ in range(self.random.randint(1, BATCH_MAX))]
        body = b"\n".join(one.body for one in chosen)
        known = [self.ledger.sending(one.id) for one in chosen]
        data = request(
            "POST", "/v1/decisions:batch", self.loop.key, body, PATIENCE, content_type="application/x-ndjson"
        )
        try:
            answer = self.wire.ask(data)
        except Disconnected:
            self.ledger.lost(len(chosen))
            raise
        lines = answer.body.splitlines()
        if answer.status == 503:
            for one in chosen:
                self.ledger.answered(one.id, False, 503, answer.body, False)
            return
        if answer.status != 200 or len(lines) != len(chosen):
            raise ValueError(f"a batch of {len(chosen)} got {answer.status}: {answer.body[:300]!r}")
        for one, was_known, line in zip(chosen, known, lines):
            status, decision = decision_of_line(line)
            repeated = json.loads(line).get("repeated", False)
            self.ledger.answered(one.id, was_known, status, decision or line, repeated)

    def contradict(self):
        """Other content under an id whose decision we hold."""
        with self.ledger.lock:
            known = list(self.ledger.acknowledged)[-200:]
        known = [one for one in known if self.ledger.is_decision(one)]
        if not known:
            return
        one = self.ledger.requests[self.random.choice(known)]
        other = compact(one.event | {"amount": one.event["amount"] + 1})
        answer = self.wire.ask(request("POST", one.target, self.loop.key, other, PATIENCE))
        self.ledger.conflicted(one.id, answer.status)

    def dry_run(self):
        number = self.loop.next_number()
        with self.ledger.lock:
            self.ledger.dry.add(f"dry-{number}")
        event = transaction(self.random, f"dry-{number}")
        data = request("POST", "/v1/decisions?record=false", self.loop.key, compact(event), PATIENCE)
        answer = self.wire.ask(data)
        if answer.status not in (200, 503):
            raise ValueError(f"a dry run got {answer.status}: {answer.body[:300]!r}")


class KillLoop:
    def __init__(self, program, kills, seed, options=()):
        self.random = random.Random(seed)
        self.seed, self.kills, self.options = seed, kills, options
        self.ledger = Ledger()
        self.data = DataFolder(program)
        self.key = self.data.api_key("till", "decide,events,read")
        self.policies = [default_policy(), self.second_policy()]
        self.policy = self.random.choice(self.policies)
        self.over = threading.Event()
        self.numbers, self.lock = 0, threading.Lock()
        self.desk = None
        self.killed = self.stopped = self.swaps = self.killed_early = 0

    def second_policy(self):
        folder = tempfile.mkdtemp(prefix="policy-", dir=self.data.path)
        for name in filter(lambda name: name.endswith(".yaml"), os.listdir(default_policy())):
            shutil.copy(os.path.join(default_policy(), name), folder)
        with open(os.path.join(folder, "4-kill-loop.yaml"), "w", encoding="utf-8") as file:
            file.write(MORE_POLICY)
        return folder

    def next_number(self):
        with self.lock:
            self.numbers += 1
            return self.numbers

    def new_request(self, source, decisions_only=False):
        number = self.next_number()
        if source.random() < 0.88 or decisions_only:
            event, target = transaction(source, f"tx-{number}"), "/v1/decisions"
        else:
            original = f"tx-{max(1, number + source.randint(-40, 3))}"
            event, target = other_event(source, f"ev-{number}", original), "/v1/events"
        found = Request(event["id"], target, compact(event), event)
        self.ledger.plan(found, source.randint(1, 5))
        return found

    def start(self):
        if self.random.random() < 0.25:
            self.policy = self.policies[self.policies.index(self.policy) - 1]
            self.swaps += 1
        self.desk = Desk(self.data, self.policy, self.options)
        return self.desk

    def one_life(self, number):
        if number > 0 and self.random.random() < 0.2:  # killed while it recovers, or just after
            desk = self.start()
            time.sleep(self.random.uniform(0, 0.25))
            desk.kill()
            self.killed_early += 1
            return
        desk = self.start().wait_until_serving()
        self.check_kept(desk.port)
        if number == 0:
            self.tell_registry(desk.port)
        self.over.clear()
        clients = [Client(self, desk.port, f"{self.seed}/{number}/{i}") for i in range(CLIENTS)]
        for client in clients:
            client.start()
        self.over.wait(self.random.choice((self.random.uniform(0.02, 0.3), self.random.uniform(0.2, 1.5))))
        if not desk.alive():
            self.ledger.fault(f"the server ended by itself; its log ends: {desk.log_end()}")
        if self.random.random() < 0.15 and desk.alive():
            self.over.set()  # a good stop: the next recovery begins at a snapshot
            desk.stop()
            self.stopped += 1
        else:
            desk.kill()
            self.killed += 1
        self.over.set()
        for client in clients:
            client.join(90)
            if client.is_alive():
                self.ledger.fault("a client waits for an answer that does not come")

    def tell_registry(self, port):
        wire = Wire(port)
        for number in range(MERCHANTS):
            for event in merchant_facts(number):
                answer = wire.ask(request("POST", "/v1/events", self.key, compact(event), PATIENCE))
                if answer.status != 200:
                    raise DeskFailure(f"the registry's word got {answer.status}: {answer.body!r}")
        wire.close()

    def check_kept(self, port):
        """What was acknowledged before the kill is there by its id with the same bytes; so are some older."""
        recent = [one for one in self.ledger.take_recent() if self.ledger.is_decision(one)]
        older = [one for one in self.ledger.acknowledged if self.ledger.is_decision(one)]
        self.random.shuffle(older)
        self.check_by_id(port, recent + older[:OLD_CHECKED])

    def check_by_id(self, port, ids):
        wire = Wire(port)
        for begin in range(0, len(ids), 50):
            group = ids[begin : begin + 50]
            targets = []
            for one in group:
                decision_id = json.loads(self.ledger.acknowledged[one])["id"]
                targets.append(f"/v1/decisions/{decision_id}")
            wire.send(b"".join(request("GET", target, self.key) for target in targets))
            for one in group:
                answer = wire.receive()
                if answer.status != 200 or answer.body != self.ledger.acknowledged[one]:
                    self.ledger.fault(f"{one}: acknowledged, then {answer.status}: {answer.body[:300]!r}")
        wire.close()

    def check_all(self):
        """After the last kill: every request once more, every decision by id, the whole feed, the replay."""
        desk = self.start().wait_until_serving()
        self.check_by_id(desk.port, [one for one in self.ledger.acknowledged if self.ledger.is_decision(one)])
        wire = Wire(desk.port)
        ids = list(self.ledger.requests)
        for begin in range(0, len(ids), 50):
            group = [self.ledger.requests[one] for one in ids[begin : begin + 50]]
            wire.send(b"".join(request("POST", o.target, self.key, o.body, PATIENCE) for o in group))
            for one in group:
                known = self.ledger.sending(one.id)
                answer = wire.receive()
                repeated = answer.headers.get("tillwatch-repeated") == "true"
                self.ledger.answered(one.id, known, answer.status, answer.body, repeated)
        feed, at, last = [], 0, 1
        while at < last:
            answer = wire.ask(request("GET", f"/v1/decisions?after={at}&limit=1000", self.key))
            if answer.status != 200:
                raise DeskFailure(f"the feed after {at} got {answer.status}: {answer.body!r}")
            decisions, new, last = decisions_of_page(answer.body)
            if new <= at and at < last:
                raise DeskFailure(f"the feed does not go on after {at} of {last}")
            feed, at = feed + decisions, new
        wire.close()
        entries = self.ledger.check_feed(feed)
        desk.kill()
        self.killed += 1
        if self.ledger.broken():
            return None
        found = self.data.verify()
        if int(found["decisions"]) != entries:
            self.ledger.fault(f"the journal has {found['decisions']} decisions, the feed {entries}")
        return found

    def run(self):
        found = None
        try:
            life = 0
            while self.killed + self.killed_early < self.kills - 1 and not self.ledger.broken():
                self.one_life(life)
                life += 1
                if life % 20 == 0:
                    print(f"  {self.killed + self.killed_early} kills, {self.ledger.summary()}", flush=True)
            if not self.ledger.broken():
                found = self.check_all()
        except (DeskFailure, Disconnected, Malformed, OSError) as failure:
            self.ledger.fault(f"{type(failure).__name__}: {failure}")
        finally:
            if self.desk and self.desk.alive():
                self.desk.kill()
        print(f"  {self.killed + self.killed_early} kills ({self.killed_early} before it served), "
              f"{self.stopped} good stops, {self.swaps} policy swaps; {self.ledger.summary()}")
        print(f"  fired: {self.fired()}")
        if found:
            print(f"  made again, all the same: {found['entries']} entries, {found['decisions']} decisions, "
                  f"hash {found['hash']}")
        return not self.ledger.broken()

    def fired(self):
        """How often each rule fired, so that nobody takes a quiet world for a proof."""
        found = Counter()
        for answer in self.ledger.acknowledged.values():
            found.update(one["rule"] for one in json.loads(answer).get("reasons", []))
        return ", ".join(f"{rule} {number}" for rule, number in sorted(found.items()))


def self_check(program, seed):
    """Without a protection the loop must turn red."""
    blind = []
    for name in SABOTAGES:
        print(f"self-check: without a protection ({name})")
        for attempt in range(3):
            loop = KillLoop(program, 6, seed + attempt, ("--sabotage", name))
            noticed = not loop.run()
            loop.data.delete()
            if noticed:
                print(f"  noticed: {loop.ledger.faults[0][:200]}")
                break
        else:
            blind.append(name)
            print(f"  NOT noticed: {name}")
    return blind


def main():
    parser = argparse.ArgumentParser(description="Kills the server under load and checks its promises.")
    add_program_option(parser)
    parser.add_argument("--kills", type=int, default=8)
    parser.add_argument("--long", action="store_true", help="200 kills")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--sabotage", action="append", default=[], help="serve --sabotage NAME")
    parser.add_argument("--self-check", action="store_true", help="only: does the loop notice sabotage?")
    options = parser.parse_args()
    print(f"kill loop: seed {options.seed}")
    if options.self_check:
        blind = self_check(options.program, options.seed)
        count(len(SABOTAGES) - len(blind), len(blind))
        return 1 if blind else 0
    sabotage = [word for name in options.sabotage for word in ("--sabotage", name)]
    loop = KillLoop(options.program, 200 if options.long else options.kills, options.seed, sabotage)
    good = loop.run()
    loop.ledger.print_faults()
    count(int(good), int(not good))
    if good:
        loop.data.delete()
    else:
        print(f"kill loop: broken; data directory {loop.data.path}, seed {options.seed}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
