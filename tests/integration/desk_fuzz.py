#!/usr/bin/env python3
"""Random requests for every operation of the desk's part of the contract, as every role, as somebody who sees one
agent's part, and as a stranger: right, extreme and broken ones, on things that exist and on made-up ones. No failure of
the server, no answer that the contract does not document, none that the role may not have, nothing from outside the part.

Called by script/stages/48-desk (3,000 requests; --long: 100,000) and by hand with the seed that a failure printed.
"""

import argparse
import http.client
import json
import os
import random
import sys
import urllib.parse
from collections import Counter

from contract import Contract
from desk_people import DeskWithPeople, Judge, traffic
from desk_person import Person
from desk_process import DataFolder, DeskFailure, add_program_option, count, default_policy
from request_maker import RAW_BREAKS, WRONG_TEXTS, RequestMaker

# What would end the sessions that the test stands on, or lock their owners out.
LEFT_ALONE = {"signOut", "endOwnSession", "setPassword", "makeRecoveryCodes", "beginTotp", "confirmTotp", "changeAccount",
              "resetAccount", "stepUp", "signIn", "showFactor", "arrive"}  # fmt: skip
IMPLIED = {400, 401, 403, 404, 405, 411, 413, 415, 429}  # what any route may answer: the contract's `default`
LACKING = {400, 401, 403, 405, 411, 413, 415, 429}  # without the right; malformed requests are refused first
NO_PATH = b"there is nothing at this path"  # a target that no operation has: the same for everybody
OUTSIDE = "OUTSIDE-7K"  # stands in everything that the one who sees a part must not see


class DeskMaker(RequestMaker):
    """Requests of people."""

    def __init__(self, contract, chance):
        super().__init__(contract, chance, {}, [])
        self.known = {}  # first words of a path -> ids that exist

    def variable(self, path, one):
        ids = self.known.get(path.split("/")[2], [])
        if ids and self.random.random() < 0.6:
            return urllib.parse.quote(self.random.choice(ids), safe="")
        return self.random.choice(("none", "x", "0", "1", "%00", "%E4%B8%AD", "a" * 130, "..", "acc_1"))

    def request_of(self, path, operation):
        """(target, body bytes or None)."""
        target = path
        for one in self.contract.parameters(operation, "path"):
            target = target.replace("{" + one["name"] + "}", self.variable(path, one))
        pairs = []
        for one in self.contract.parameters(operation, "query"):
            if self.random.random() < 0.3:
                wrong = self.random.random() < 0.3
                value = self.random.choice(WRONG_TEXTS) if wrong else self.value(one["schema"], one["name"])
                value = str(value).lower() if isinstance(value, bool) else str(value)
                pairs.append(f"{one['name']}={value if wrong else urllib.parse.quote(value, safe='')}")
        if pairs:
            target += "?" + "&".join(pairs)
        return target.replace(" ", "%20"), self.body_of(operation)

    def body_of(self, operation):
        wanted = self.contract.body_schema(operation)
        if not wanted:
            return None
        chance = self.random.random()
        if chance < 0.1:
            return self.random.choice(RAW_BREAKS)
        body = self.members(self.contract.whole(wanted[1]), self.random.choice((0.2, 0.6, 1)))
        if chance < 0.4:
            self.mutate(body, wanted[1])
        return json.dumps(body).encode("utf-8", "surrogatepass")


def everybody(judge, owner, desk):
    """One of each role with all rights of it everywhere, and one who sees the part of one agent."""
    inside = owner.ask("POST", "/desk/agents?wait=effective", {"name": "inside"}).json()["id"]
    outside = owner.ask("POST", "/desk/agents?wait=effective", {"name": OUTSIDE}).json()["id"]
    owner.ask("POST", "/desk/merchants?wait=effective", {"name": OUTSIDE + " shop", "agent": outside})
    people = {"stranger": (Person(desk.people_port), set())}
    wanted = [(one["name"], one["name"], "*", set(one["rights"])) for one in owner.ask("GET", "/desk/roles").json()["items"]]
    rights = dict((name, held) for name, _, _, held in wanted)
    wanted.append(("part", "desk", inside, rights["desk"]))
    for name, role, agent, held in wanted:
        wish = {"sign_in": f"{name}9", "shown_name": f"{OUTSIDE} {name}" if name != "part" else name,
                "roles": [{"role": role, "agent": agent}]}
        made = owner.ask("POST", "/desk/accounts", wish)
        if not judge.status(f"an account for {name}", made, 201):
            continue
        person = Person(desk.people_port)
        person.arrive(made.json()["token"])
        people[name] = (person, held)
    return people


def things(owner):
    """Ids of what exists, by the first word of their paths."""
    known = {}
    for word in ("agents", "merchants", "terminals", "alerts", "decisions", "accounts", "proposals", "api-keys", "webhooks"):
        page = owner.ask("GET", f"/desk/{word}?limit=20")
        if page.status == 200:
            known[word] = [str(one["id"]) for one in page.json()["items"] if "id" in one]
    known["lists"] = [one["name"] for one in owner.ask("GET", "/desk/lists").json().get("items", [])]
    known["policy"] = ["1"] + [one["id"] for one in owner.ask("GET", "/desk/policy/drafts").json()["items"]]
    return known


def ask(person, method, target, body, headers):
    wire = http.client.HTTPConnection("127.0.0.1", person.port, timeout=60)
    fields = dict(headers)
    if person.cookies:
        fields["Cookie"] = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    if method != "GET" and person.csrf:
        fields.setdefault("Tillwatch-Csrf", person.csrf)
    if body is not None:
        fields.setdefault("Content-Type", "application/json")
    try:
        wire.request(method, target, body=body, headers=fields)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused by its head, before its body was sent: the answer is there all the same
    answer = wire.getresponse()
    told = answer.read()
    wire.close()
    return answer.status, answer.headers.get("Content-Type", ""), told


def faults_of(contract, operation, name, held, status, kind, told):
    found = []
    documented = contract.response(operation, status)
    if status >= 500:
        found.append("the server failed")
    if documented is None and status not in IMPLIED:
        found.append("the contract does not document this status")
    right = operation["x-right"]
    may = right == "open" or (name != "stranger" and (right == "account" or right in held))
    if not may and status not in LACKING and NO_PATH not in told:
        found.append(f"{name} lacks {right}")
    if status >= 400 and told and not kind.startswith("application/problem+json"):
        found.append(f"a refusal of media type {kind}")
    if status < 300 and kind.startswith("application/json") and documented:
        schema = documented["content"]["application/json"]["schema"]
        found += contract.faults(schema, json.loads(told))[:3]
    if name == "part" and OUTSIDE.encode() in told:
        found.append("shows what lies outside the part")
    return found


def fuzz(judge, contract, maker, people, chance, requests):
    statuses = Counter()
    operations = [one for one in contract.operations if one[2]["operationId"] not in LEFT_ALONE]
    weights = [4 if "requestBody" in one else 2 if "parameters" in one else 1 for _, _, one in operations]
    for _ in range(requests):
        ((method, path, operation),) = chance.choices(operations, weights)
        name = chance.choice(list(people))
        person, held = people[name]
        if "text/event-stream" in operation["responses"].get("200", {}).get("content", {}):
            method = "HEAD"  # it does not end
        target, body = maker.request_of(path, operation)
        headers = {}
        if chance.random() < 0.05:
            headers["Tillwatch-Csrf"] = chance.choice(("", "x", "0" * 64))
        if chance.random() < 0.03:
            headers["Content-Type"] = chance.choice(("text/plain", "application/jsonx", "a/b"))
        status, kind, told = ask(person, method, target, body, headers)
        statuses[operation["operationId"], status] += 1
        found = faults_of(contract, operation, name, held, status, kind, told)
        judge.check(f"{name} {method} {target}", not found, f"{status} {found}\n    {body!r:.300}\n    {told!r:.300}")
    taken = {operation for operation, status in statuses if status < 300}
    print(f"  {requests} requests of {len(operations)} operations, {len(taken)} of them taken at least once")
    return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_program_option(parser)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--long", action="store_true", help="100,000 requests")
    options = parser.parse_args()
    print(f"desk fuzz: seed {options.seed}")
    judge, data, desk = Judge(), DataFolder(options.program), None
    chance = random.Random(options.seed)
    try:
        key = os.path.join(data.path, "key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(data.api_key("sim", "decide,events,read"))
        desk = DeskWithPeople(data, default_policy())
        owner = Person(desk.people_port)
        owner.arrive(desk.token, sign_in="chen.wei", shown_name=f"{OUTSIDE} owner", language="zh")
        traffic(data, desk, key)
        people = everybody(judge, owner, desk)
        owner.ask("POST", "/desk/policy/drafts", {"title": "a draft"})
        wire = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
        wire.request("GET", "/openapi.json")
        contract = Contract(wire.getresponse().read(), people=True)
        maker = DeskMaker(contract, chance)
        maker.known = things(owner)
        taken = fuzz(judge, contract, maker, people, chance, 100_000 if options.long else options.requests)
        judge.check("many operations were taken, not only refused", len(taken) > 40, sorted(taken))
        still = [name for name, (person, _) in people.items() if person.ask("GET", "/desk/session").json()["state"] == "signed_in"]
        judge.check("the people are still signed in", len(still) > len(people) // 2, still)
        desk.stop()
        desk = None
        print(f"  verified again: {data.verify()['entries']} entries")
    except (DeskFailure, AssertionError, OSError, http.client.HTTPException) as failure:
        judge.check("the test ran", False, f"{type(failure).__name__}: {failure}")
    finally:
        if desk is not None:
            desk.kill()
    print(f"  {judge.passed} checks held, {judge.failed} did not")
    count(judge.passed, judge.failed)
    if judge.failed:
        print(f"desk fuzz: broken; data directory {data.path}, seed {options.seed}")
        return 1
    data.delete()
    return 0


if __name__ == "__main__":
    sys.exit(main())
