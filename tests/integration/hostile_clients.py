#!/usr/bin/env python3
"""How much a good client feels the bad ones: idle crowds, slow writers, megabyte bodies, nested JSON, a flooder.

Called by script/stages and by hand; docs/operating/proofs.md has measured tables. Rounds alone and rounds beside
the bad clients alternate, so that a change of the machine's mood meets both. It prints ratios and fails only when a
ratio is far off (--far, 2.0) in two measurements: a busy machine must not look like a defect.
"""

import argparse
import functools
import multiprocessing
import os
import random
import resource
import statistics
import sys
import time

from desk_process import DataFolder, Desk, DeskFailure, add_program_option, compact, count
from desk_process import default_policy, die_with_parent
from http_wire import Disconnected, Wire, request
from traffic import transaction

BAR = 1.2
IDLE_CONNECTIONS = 1000
SLOW_CLIENTS = 50
BODY_BYTES = 1024 * 1024
LINES = 1000  # of a batch
NDJSON = "application/x-ndjson"
DEEP = b'{"id":"deep","shop":' + b'{"d":' * 200 + b"1" + b"}" * 200 + b"}"
PATIENCE = (("Tillwatch-Deadline-Ms", "60000"),)
GOOD_SECONDS = 20  # for an answer to the good client; beyond it the measure is over


# The bad ones: each runs in a process of its own while `active` is set, and counts what it gets done.


def idle_crowd(port, key, active, done):
    """Connections that are opened and then say nothing, some of them after half a head."""
    wires = []
    while active.is_set():
        try:
            while len(wires) < IDLE_CONNECTIONS and active.is_set():
                wires.append(Wire(port))
                if len(wires) % 10 == 0:
                    wires[-1].send(b"GET /health/live HTTP/1.1\r\nHo")
            done.value = len(wires)
        except Disconnected:
            pass
        time.sleep(0.05)
    for wire in wires:
        wire.close()


def slow_writers(port, key, active, done):
    """Fifty clients that send a request one byte at a time."""
    data = request("POST", "/v1/decisions", key, b'{"id":"slow"}' + b" " * 2000, PATIENCE)
    wires, sent = [None] * SLOW_CLIENTS, [0] * SLOW_CLIENTS
    while active.is_set():
        for i in range(SLOW_CLIENTS):
            try:
                if wires[i] is None:
                    wires[i], sent[i] = Wire(port), 0
                wires[i].send(data[sent[i] : sent[i] + 1])
                sent[i] = (sent[i] + 1) % len(data)
                done.value += 1
            except Disconnected:
                wires[i] = None
        time.sleep(0.01)
    for wire in filter(None, wires):
        wire.close()


def asks_again_and_again(data, keeps_open):
    """A client that sends one thing for ever, and reads what comes back. `data` makes it, of the key and a number."""

    def client(port, key, active, done):
        wire = None
        while active.is_set():
            try:
                sent = data(key, done.value)
                wire = wire or Wire(port, seconds=20)
                try:
                    wire.send(sent)
                except Disconnected:
                    pass
                wire.receive()
                done.value += 1
                if not keeps_open:
                    raise Disconnected
            except (Disconnected, TimeoutError):
                if wire:
                    wire.close()
                wire = None
        if wire:
            wire.close()

    return client


def always(method, target, body, content_type="application/json"):
    """One request for a key, whatever its number."""
    made = functools.cache(lambda key: request(method, target, key, body(), PATIENCE, content_type=content_type))
    return lambda key, number: made(key)


def megabyte():
    """A body far beyond one event's bound, sent whether the head was refused or not."""
    return b'{"id":"' + b"x" * BODY_BYTES + b'"}'


def megabyte_of_rubbish():
    """The largest body that is taken: a thousand lines that are no events."""
    line = b'{"id":"x","shop":{"a":[' + b"1," * 500 + b"1]}}"
    return b"\n".join([line] * LINES)


def megabyte_of_events(key, number):
    """The same, of events that are decided: no card, merchant or id comes twice."""
    marked = random.Random(number)
    lines = []
    for i in range(LINES):
        event = transaction(marked, f"bad-{os.getpid()}-{number}-{i}")
        line = compact(event)
        lines.append(line[:-1] + b',"note":"' + b"n" * max(0, 1000 - len(line)) + b'"}')
    return request("POST", "/v1/decisions:batch", key, b"\n".join(lines), PATIENCE, content_type=NDJSON)


def deep():
    return DEEP


def flooder(port, key, active, done):
    """Pipelines without end and reads only so much that it is not cut off."""
    block = request("GET", "/v1/decisions/dec_ffffffffffffffff", key) * 200
    wire = None
    while active.is_set():
        try:
            if wire is None:
                wire = Wire(port, seconds=2)
                wire.socket.setblocking(False)
            try:
                wire.socket.send(block)
            except BlockingIOError:
                pass
            try:
                done.value += wire.socket.recv(1 << 20).count(b"HTTP/1.1 404")
            except BlockingIOError:
                time.sleep(0.0005)
        except (Disconnected, OSError):
            wire = None
    if wire:
        wire.close()


CASES = {
    "nobody": None,
    "1,000 idle connections": idle_crowd,
    "50 writers, a byte at a time": slow_writers,
    "1 MB bodies, refused": asks_again_and_again(always("POST", "/v1/decisions", megabyte), False),
    "1 MB batches of rubbish": asks_again_and_again(
        always("POST", "/v1/decisions:batch", megabyte_of_rubbish, NDJSON), True
    ),
    "1 MB batches of events": asks_again_and_again(megabyte_of_events, True),
    "200-deep JSON": asks_again_and_again(always("POST", "/v1/decisions", deep), True),
    "pipelining flooder": flooder,
}


class GoodClient:
    """Asks for one decision after the other, and waits for each."""

    def __init__(self, port, key, seed):
        self.wire, self.key = Wire(port, seconds=GOOD_SECONDS), key
        self.random, self.number = random.Random(seed), 0

    def round(self, requests):
        """Latencies in milliseconds."""
        found = []
        for _ in range(requests):
            self.number += 1
            event = transaction(self.random, f"good-{self.number}")
            # Cards and merchants without end: the same work in the first round and in the last.
            event["card"]["token"] = f"card-{self.number}"
            event["merchant"]["id"] = f"M{self.number % 1000}"
            event["terminal"] |= {"id": f"T{self.number % 1000}", "serial": f"S{self.number % 1000}"}
            data = request("POST", "/v1/decisions", self.key, compact(event), PATIENCE)
            begun = time.perf_counter()
            answer = self.wire.ask(data)
            found.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise DeskFailure(f"the good client got {answer.status}: {answer.body[:300]!r}")
        return found


def run_bad(case, port, key, active, done):
    die_with_parent()
    os.nice(10)  # it is the server's fairness that is measured, not the kernel's
    case(port, key, active, done)


def measure(desk, keys, case, good, requests, rounds):
    """(alone, beside): the latencies of each of the interleaved rounds; and what the bad client got done."""
    alone, beside = [], []
    active, done = multiprocessing.Event(), multiprocessing.Value("q", 0)
    for _ in range(rounds):
        alone.append(good.round(requests))
        process = None
        if case:
            active.set()
            words = (case, desk.port, keys["bad"], active, done)
            process = multiprocessing.Process(target=run_bad, args=words)
            process.start()
            settle(case, done)
        try:
            beside.append(good.round(requests))
        finally:
            active.clear()
            if process:
                process.join(20)
                if process.is_alive():
                    process.kill()
    return alone, beside, done.value


def settle(case, done):
    """Until the bad client is at work; bounded."""
    wanted = IDLE_CONNECTIONS if case is idle_crowd else 1
    deadline = time.monotonic() + 15
    while done.value < wanted and time.monotonic() < deadline:
        time.sleep(0.02)


def percentile(rounds, share):
    values = sorted(value for one in rounds for value in one)
    return values[min(len(values) - 1, int(len(values) * share))]


def ratio_of(alone, beside):
    """The median over pairs of neighbouring rounds: what changes slowly meets both of a pair."""
    pairs = zip(alone, beside)
    return statistics.median(statistics.median(b) / statistics.median(a) for a, b in pairs)


def show(name, alone, beside, done):
    """Prints a line of the table; the ratio."""
    ratio = ratio_of(alone, beside)
    print(
        f"{name:30} {percentile(alone, 0.5):10.3f} {percentile(beside, 0.5):8.3f} "
        f"{percentile(alone, 0.99):10.3f} {percentile(beside, 0.99):8.3f} {ratio:7.2f} "
        f"{'kept' if ratio <= BAR else 'over':>5} {done:8}",
        flush=True,
    )
    return ratio


def measure_all(desk, keys, options):
    """The names of the cases that are far off, twice."""
    good = GoodClient(desk.port, keys["good"], 1)
    good.round(200)
    head = f"{'p50 alone':>10} {'p50':>8} {'p99 alone':>10} {'p99':>8} {'ratio':>7} {'bar':>5} {'done':>8}"
    print(f"{'beside (milliseconds)':30} {head}")
    far = []
    for name, case in CASES.items():
        if options.only and options.only not in name:
            continue
        size = max(1, options.requests // options.rounds)
        for _ in range(2):
            if show(name, *measure(desk, keys, case, good, size, options.rounds)) <= options.far:
                break
        else:
            far.append(name)
    if not desk.alive():
        raise DeskFailure(f"the server ended; its log ends: {desk.log_end()}")
    return far


def main():
    parser = argparse.ArgumentParser(description="Measures a good client beside bad ones.")
    add_program_option(parser)
    parser.add_argument("--requests", type=int, default=2000, help="of the good client, alone and beside")
    parser.add_argument("--rounds", type=int, default=20, help="into which they are cut")
    parser.add_argument("--only", help="cases whose name holds this")
    parser.add_argument("--far", type=float, default=2.0, help="a ratio of medians that fails")
    options = parser.parse_args()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, max(soft, 4096)), hard))
    data = DataFolder(options.program)
    keys = {"good": data.api_key("good", "decide"), "bad": data.api_key("bad", "decide,read")}
    desk, far = None, []
    try:
        desk = Desk(data, default_policy()).wait_until_serving()
        far = measure_all(desk, keys, options)
        desk.stop()
    except (DeskFailure, Disconnected, TimeoutError) as failure:
        print(f"broken: {type(failure).__name__}: {failure}")
        far.append("a failure")
    finally:
        if desk and desk.alive():
            desk.kill()
        data.delete()
    count(len(CASES) - len(far), len(far))
    return 1 if far else 0


if __name__ == "__main__":
    sys.exit(main())
