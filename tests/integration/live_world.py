#!/usr/bin/env python3
"""`tillwatch simulate WORLD.yaml --live`: against a server of this file that refuses, stalls and hangs up, and
against the real one.

Usage: live_world.py [--program PATH] [--policy FOLDER]. Exits with 1 where something was lost, sent too early or
counted wrongly.
"""

import argparse
import json
import os
import re
import socket
import tempfile
import threading

from desk_process import DataFolder, Desk, DeskFailure, add_program_option, count, default_policy, run_program

WORLD = """world: live-world
seed: 12
days: 40
mix: training
population: {merchants: 120, cities: 2, people_per_merchant: 60, agents: 5}
"""
RATE = 4000
TRANSACTIONS = 2000
WINDOW = 8
SOME = 150


class UnwillingServer:
    """One connection after the other; answers in order, but refuses or hangs up where the plan says so."""

    def __init__(self, refuse_every, hang_up_every):
        self.refuse_every = refuse_every
        self.hang_up_every = hang_up_every
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.order = []  # kind and id as they were accepted
        self.early = []  # outcomes that came before their transactions
        self.refused = {}
        self.hung_up = 0
        self.most = 0  # requests in a row without an answer
        self.seen = 0
        self.connections = 0
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with peer:
                self.talk(peer)

    def talk(self, peer):
        unread = b""
        while True:
            more = peer.recv(1 << 20)
            if not more:
                return
            unread += more
            requests = []
            while True:
                match = re.search(rb"\r\n\r\n", unread)
                length = int(re.search(rb"Content-Length: (\d+)", unread).group(1)) if match else 0
                if not match or len(unread) < match.end() + length:
                    break
                requests.append((unread.split(b" ", 2)[1], unread[match.end() : match.end() + length]))
                unread = unread[match.end() + length :]
            self.most = max(self.most, len(requests))
            for target, body in requests:
                if not self.answer(peer, target, json.loads(body)):
                    return

    def answer(self, peer, target, event):
        self.seen += 1
        key = (event["kind"], event["id"])
        if self.hang_up_every and self.seen % self.hang_up_every == 0:
            self.hung_up += 1
            # The event was taken, but its answer is lost.
            if self.seen % 2:
                self.accept(key, event)
            return False
        if self.refuse_every and self.seen % self.refuse_every == 0:
            self.refused[key] = self.refused.get(key, 0) + 1
            status = "429 Too Many Requests" if self.seen % 2 else "503 Service Unavailable"
            peer.sendall(f"HTTP/1.1 {status}\r\nRetry-After: 0\r\nContent-Length: 2\r\n\r\n{{}}".encode())
            return True
        if event["kind"] == "transaction":
            if target != b"/v1/decisions":
                raise AssertionError(target)
            outcome = {"authorisation": "allow", "settlement": "release", "subject": "none"}
            answer = json.dumps({"id": event["id"], "outcome": outcome, "reasons": [], "standing": []})
        else:
            answer = "{}"
        self.accept(key, event)
        peer.sendall(f"HTTP/1.1 200 OK\r\nContent-Length: {len(answer)}\r\n\r\n{answer}".encode())
        return True

    def accept(self, key, event):
        if event["kind"] == "outcome" and ("transaction", event["tx"]["original_id"]) not in self.order:
            self.early.append(key)
        self.order.append(key)

    def close(self):
        self.listener.close()


def simulate(program, world, key, port, *words):
    code, out, error = run_program(
        program, "simulate", world, "--live", f"http://127.0.0.1:{port}", "--key-file", key, *words, seconds=300
    )
    if code != 0:
        raise DeskFailure(f"simulate ended with {code}: {error[-800:]}")
    return json.loads(out)


def expect(what, found, wanted):
    if found != wanted:
        raise DeskFailure(f"{what}: {found!r} instead of {wanted!r}")


def told_order(program, world, key, *, refuse=0, hang_up=0):
    """What an unwilling server saw; checks window, and that each event was accepted after its original."""
    server = UnwillingServer(refuse, hang_up)
    words = ("--rate", "0", "--limit", str(SOME), "--outstanding", str(WINDOW))
    summary = simulate(program, world, key, server.port, *words)
    server.close()
    expect("transactions", summary["transactions"], SOME)
    expect("decisions", summary["decisions"], SOME)
    if server.most > WINDOW or summary["most_outstanding"] > WINDOW:
        raise DeskFailure(f"{server.most} requests without an answer; {WINDOW} were allowed")
    # A refusal on its way when its connection broke was never read: what was asked there is asked again anyway.
    refused, heeded = sum(server.refused.values()), summary["held_back"]
    if heeded > refused or (heeded < refused and not hang_up) or (heeded == 0) != (refused == 0):
        raise DeskFailure(f"{heeded} refusals heeded of {refused}")
    expect("connections", summary["connections"], server.connections)
    return server, summary


def against_unwilling(program, world, key):
    willing, summary = told_order(program, world, key)
    expect("events", summary["events"], len(willing.order))
    again, _ = told_order(program, world, key)
    expect("the same order for the same seed", again.order, willing.order)
    for plan in ({"refuse": 7}, {"hang_up": 53}, {"refuse": 11, "hang_up": 97}):
        server, _ = told_order(program, world, key, **plan)
        expect(f"events accepted with {plan}", set(server.order), set(willing.order))
        if plan.get("refuse") and not server.refused or plan.get("hang_up") and not server.hung_up:
            raise DeskFailure(f"{plan} did not happen")
        if server.early:
            raise DeskFailure(f"{len(server.early)} outcomes came before their transactions with {plan}")


def against_the_real_one(program, policy, world):
    data = DataFolder(program)
    key = os.path.join(data.path, "live.key")
    with open(key, "w", encoding="utf-8") as file:
        file.write(data.api_key("live", "decide,events") + "\n")
    desk = Desk(data, policy).wait_until_serving()
    summary = simulate(
        program, world, key, desk.port, "--rate", str(RATE), "--limit", str(TRANSACTIONS), "--jitter", "100"
    )
    expect("transactions", summary["transactions"], TRANSACTIONS)
    expect("decisions", summary["decisions"], TRANSACTIONS)
    expect("answers", sum(summary["authorisations"].values()), TRANSACTIONS)
    hits = sum(rule["hits"] for rule in summary["rules"].values())
    if summary["with_a_reason"] == 0 or hits < summary["with_a_reason"]:
        raise DeskFailure(f"rules hit {hits} times in {summary['with_a_reason']} decisions")
    if summary["most_outstanding"] < 2:
        raise DeskFailure("no two requests were under way at once: the rate cannot have been kept")
    desk.stop()
    journal = data.verify()
    # A transaction that is sent twice under one id is decided once.
    expect("decisions in the journal", int(journal["decisions"]), TRANSACTIONS - summary["repeated"])
    if int(journal["entries"]) < summary["events"] - summary["transactions"]:
        raise DeskFailure(f"the journal holds {journal['entries']} entries of {summary['events']} events")
    data.delete()
    print(f"live: {json.dumps(summary)[:300]}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program_option(parser)
    parser.add_argument("--policy", default=default_policy())
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tillwatch-live-") as folder:
        world = os.path.join(folder, "world.yaml")
        key = os.path.join(folder, "key")
        with open(world, "w", encoding="utf-8") as file:
            file.write(WORLD)
        with open(key, "w", encoding="utf-8") as file:
            file.write("some-key\n")
        checks = (
            lambda: against_unwilling(options.program, world, key),
            lambda: against_the_real_one(options.program, options.policy, world),
        )
        for check in checks:
            check()
    count(len(checks), 0)
    print("live world: all told, nothing lost, refusals heeded")


if __name__ == "__main__":
    try:
        main()
    except DeskFailure as failure:
        count(0, 1)
        raise SystemExit(f"live_world: {failure}") from None
