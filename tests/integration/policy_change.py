#!/usr/bin/env python3
"""A policy of 500 rules is changed under load, again and again: nobody waits in vain, no unchanged rule says otherwise.

Called by script/stages/44-change and by hand. Connections ask without a pause while the policy folder is rewritten and the
server is told (SIGHUP): now with another threshold of one rule, now with a rule more, now with a fault. Each answer names
the policy that decided; in the end `tillwatch verify` decides everything again. The seed is printed.
"""

import argparse
import json
import os
import random
import shutil
import signal
import sys
import tempfile
import threading
import time

from desk_process import DataFolder, Desk, DeskFailure, add_program_option, compact, count
from http_wire import Disconnected, Wire, request

RULES = 500
CHANGED = 250  # the rule whose threshold differs
CONNECTIONS = 4
WAIT_SECONDS = 60

HEAD = """policy: many
authority: acquirer
parameters: [{name: much, value: 30000, unit: money, source: test}]
features:
  - {name: pair_count, key: [card.id, merchant.id], aggregate: count, window: 1h}
  - {name: card_sum, key: [card.id], aggregate: sum, value: amount, window: 1d, unit: money}
rules:
"""


def rule(number, threshold, draw):
    terms = [f"amount > {threshold}", f"pair_count >= {draw.randrange(2, 9)}", f"card_sum > {draw.randrange(1, 90)}000"]
    condition = " && ".join(draw.sample(terms, 2)) if number != CHANGED else terms[0]
    return (
        f"  - {{id: R{number}, title: {{en: r, zh: 规则}}, when: '{condition}', action: {{settlement: hold}}, "
        f"reason: r, text: {{en: r, zh: 规则}}}}\n"
    )


def policy(threshold, rules=RULES):
    draw = random.Random(7)  # the same rules each time
    return HEAD + "".join(rule(i, threshold if i == CHANGED else 400 * i, draw) for i in range(rules))


class Asker(threading.Thread):
    """Asks one decision after the other until told to stop; keeps what each policy's rules said."""

    def __init__(self, desk, key, number, seed):
        super().__init__(daemon=True)
        self.wire, self.key, self.number = Wire(desk.port), key, number
        self.random, self.ending = random.Random(seed + number), threading.Event()
        self.policies, self.faults, self.asked = {}, [], 0

    def run(self):
        try:
            while not self.ending.is_set():
                self.ask()
        except (Disconnected, OSError, KeyError, ValueError) as fault:
            self.faults.append(f"{type(fault).__name__}: {fault}")

    def ask(self):
        self.asked += 1
        amount = self.random.randrange(100, 200_000)
        event = {
            "id": f"c{self.number}-{self.asked}",
            "amount": amount,
            "currency": "CNY",
            "card": {"token": f"card-{self.number}-{self.random.randrange(50)}", "token_namespace": "t"},
            "merchant": {"id": f"M{self.random.randrange(5)}"},
            "tx": {"type": "sale"},
        }
        deadline = (("Tillwatch-Deadline-Ms", "30000"),)
        answer = self.wire.ask(request("POST", "/v1/decisions", self.key, compact(event), deadline))
        if answer.status != 200:
            self.faults.append(f"{answer.status}: {answer.body[:300]!r}")
            return
        decision = json.loads(answer.body)
        seen = self.policies.setdefault(decision["policy"], {"decisions": 0, "changed": set()})
        seen["decisions"] += 1
        fired = {reason["rule"] for reason in decision["reasons"]}
        values = {value["name"]: value["value"] for value in decision["values"]}
        self.check(amount, fired, values, decision)
        seen["changed"].add((f"R{CHANGED}" in fired, amount))

    def check(self, amount, fired, values, decision):
        """Rules that no change touched say what their own text says of what they read."""
        draw = random.Random(7)
        for number in range(RULES):
            threshold, pair, total = 400 * number, draw.randrange(2, 9), draw.randrange(1, 90) * 1000
            if number == CHANGED:
                continue
            chosen = draw.sample([("amount", threshold), ("pair_count", pair), ("card_sum", total)], 2)
            known = {"amount": amount, **values}
            if any(name not in known for name, _ in chosen):
                continue  # no rule that fired read it
            holds = all(known[name] >= bound if name == "pair_count" else known[name] > bound for name, bound in chosen)
            if holds != (f"R{number}" in fired):
                self.faults.append(f"R{number} in {decision['id']}: fired {not holds}, its text says {holds}")


def in_force(wire, key):
    return json.loads(wire.ask(request("GET", "/v1/policy", key)).body)["hash"]


def put(folder, text):
    """The whole file at once, as an editor saves it."""
    with open(os.path.join(folder, "policy.part"), "w", encoding="utf-8") as file:
        file.write(text)
    os.replace(os.path.join(folder, "policy.part"), os.path.join(folder, "policy.yaml"))


def change(desk, wire, key, folder, text):
    """Rewrites the folder, tells the server, waits until another policy is in force; its hash."""
    before = in_force(wire, key)
    put(folder, text)
    desk.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + WAIT_SECONDS
    while (now := in_force(wire, key)) == before:
        if time.monotonic() > deadline:
            raise DeskFailure(f"the policy did not change; the log ends: {desk.log_end()}")
    return now


def refuse(desk, wire, key, folder):
    """A folder with a fault: the policy stays, and the log says why."""
    before = in_force(wire, key)
    put(folder, policy(1).replace("amount > 1", "amuont > 1", 1))
    desk.process.send_signal(signal.SIGHUP)
    deadline = time.monotonic() + WAIT_SECONDS
    while "policy_unreadable" not in desk.log_end():
        if time.monotonic() > deadline:
            raise DeskFailure(f"the fault was not told; the log ends: {desk.log_end()}")
        time.sleep(0.01)
    if in_force(wire, key) != before:
        raise DeskFailure("a policy with a fault was put in force")


def wait_for_decisions(askers, wanted):
    """Until every asker has seen so many answers more: each policy decides something."""
    marks = [asker.asked + wanted for asker in askers]
    deadline = time.monotonic() + WAIT_SECONDS
    while any(asker.asked < mark and not asker.faults for asker, mark in zip(askers, marks)):
        if time.monotonic() > deadline:
            raise DeskFailure("the askers get no answers")
        time.sleep(0.01)


def judge(askers, hashes, thresholds):
    faults = [fault for asker in askers for fault in asker.faults]
    for name, threshold in zip(hashes, thresholds):
        decided = sum(asker.policies.get(name, {"decisions": 0})["decisions"] for asker in askers)
        if decided == 0:
            faults.append(f"no decision was made under {name}")
        for asker in askers:
            for fired, amount in asker.policies.get(name, {"changed": ()})["changed"]:
                if fired != (amount > threshold):
                    faults.append(f"R{CHANGED} with {threshold}: fired {fired} at {amount}")
    unknown = {name for asker in askers for name in asker.policies} - set(hashes)
    if unknown:
        faults.append(f"decided by policies that were never in the folder: {unknown}")
    return faults


def run(program, seed, changes):
    data = DataFolder(program)
    folder = tempfile.mkdtemp(prefix="tillwatch-policy-")
    faults = []
    try:
        thresholds = [50_000]
        put(folder, policy(thresholds[0]))
        key = data.api_key("askers", "decide,read")
        desk = Desk(data, folder).wait_until_serving()
        wire = Wire(desk.port)
        hashes = [in_force(wire, key)]
        askers = [Asker(desk, key, number, seed) for number in range(CONNECTIONS)]
        for asker in askers:
            asker.start()
        wait_for_decisions(askers, 20)
        for number in range(changes):
            thresholds.append(60_000 + 1000 * number)
            text = policy(thresholds[-1], RULES + number % 2)
            hashes.append(change(desk, wire, key, folder, text))
            wait_for_decisions(askers, 20)
        refuse(desk, wire, key, folder)
        wait_for_decisions(askers, 20)
        for asker in askers:
            asker.ending.set()
        for asker in askers:
            asker.join(WAIT_SECONDS)
        faults = judge(askers, hashes, thresholds)
        desk.stop()
        checked = data.verify()
        print(f"{checked['decisions']} decisions over {changes} changes, all made again with the same bytes")
        if int(checked["decisions"]) != sum(asker.asked for asker in askers):
            faults.append("the journal does not hold one decision for each request")
    except (DeskFailure, Disconnected, TimeoutError) as failure:
        faults.append(f"{type(failure).__name__}: {failure}")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        data.delete()
    return faults


def main():
    parser = argparse.ArgumentParser(description="Changes the policy of a running server under load.")
    add_program_option(parser)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--changes", type=int, default=6)
    options = parser.parse_args()
    print(f"seed {options.seed}")
    faults = run(options.program, options.seed, options.changes)
    for fault in faults[:20]:
        print("FAULT", fault)
    count(0 if faults else 1, 1 if faults else 0)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
