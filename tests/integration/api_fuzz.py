#!/usr/bin/env python3
"""Sends right, extreme and broken requests for every operation of the server's own OpenAPI document, and holds
every answer against it: status, media type, headers, schema, RFC 9457 problems with pointers that resolve.

Called by script/stages (3,000 requests; --long: 100,000) and by hand with the seed that a failure printed.
"""

import argparse
import json
import random
import re
import sys
import time
from collections import Counter

import wire_attacks
from contract import Contract
from desk_process import DataFolder, Desk, DeskFailure, add_program_option, count, default_policy
from http_wire import Disconnected, Malformed, Wire, request
from request_maker import RequestMaker

SHOWN_MAX = 15
HEADERS_OF = {401: "www-authenticate", 405: "allow", 503: "retry-after"}
BEYOND_OPERATIONS = {404, 400, 401, 405, 408, 413, 414, 417, 431, 501, 503, 505}


class Judge:
    """Holds answers against the contract."""

    def __init__(self, contract):
        self.contract = contract
        self.faults = []
        self.statuses = Counter()
        self.judged = 0

    def fault(self, what, data, answer, why):
        shown = "nothing"
        if answer:
            shown = f"{answer.status} {answer.headers.get('content-type')} {answer.body[:500]!r}"
        self.faults.append(f"{why}\n    {what}: {data[:700]!r}\n    answer: {shown}")

    def judge(self, planned, data, answer):
        """One answer to a request for an operation."""
        self.judged += 1
        operation = planned.operation
        self.statuses[operation["operationId"], answer.status] += 1
        found = []
        response = self.contract.response(operation, answer.status)
        if response is None:
            found.append(f"status {answer.status} is not documented for {operation['operationId']}")
        else:
            found += self.content_faults(response, answer)
        if answer.status >= 500 and answer.status != 503:
            found.append(f"status {answer.status}: the server failed")
        if planned.expect == "right" and answer.status not in (200, 503):
            found.append("the contract allows this request, and it is refused")
        if planned.expect == "wrong" and answer.status == 200:
            faults = self.body_faults(planned)
            found.append(f"the contract forbids this request, and it is taken; in the body: {faults}")
        if answer.status >= 400:
            found += self.problem_faults(answer, planned.body)
        for why in found:
            self.fault(planned.what, data, answer, why)

    def body_faults(self, planned):
        try:
            return self.contract.faults(self.contract.body_schema(planned.operation)[1], json.loads(planned.body))
        except (TypeError, ValueError):
            return None

    def content_faults(self, response, answer):
        given = answer.headers.get("content-type", "")
        documented = response.get("content", {})
        if not answer.body and not given and documented:
            return []  # nothing has no type
        content = [schema for name, schema in documented.items() if covers(name, given)]
        if not content:
            return [f"media type {given!r} is not documented; there is {list(documented)}"]
        if given.startswith("application/x-ndjson"):
            return self.line_faults(answer.body)
        if "json" not in given:
            return []
        try:
            value = strict_json(answer.body)
        except ValueError as error:
            return [f"the body is no JSON: {error}"]
        faults = self.contract.faults(content[0]["schema"], value)
        return [f"the body is not as documented: {one}" for one in faults]

    def line_faults(self, body):
        found = []
        for number, line in enumerate(body.splitlines(), 1):
            value = strict_json(line)
            found += self.contract.faults({"$ref": "#/components/schemas/BatchAnswer"}, value, f"line {number}")
            if value.get("line") != number:
                found.append(f"line {number} calls itself {value.get('line')}")
            if ("decision" in value) == ("problem" in value):
                found.append(f"line {number} has neither or both of decision and problem")
        return found

    def problem_faults(self, answer, body):
        """RFC 9457, and each pointer leads into what was sent (or to a member that is missing there)."""
        if not answer.headers.get("content-type", "").startswith("application/problem+json"):
            return [f"a refusal as {answer.headers.get('content-type')!r}"]
        problem = json.loads(answer.body)
        found = []
        if problem.get("status") != answer.status:
            found.append(f"the problem says status {problem.get('status')}")
        header = HEADERS_OF.get(answer.status)
        if header and header not in answer.headers:
            found.append(f"{answer.status} without {header}")
        if "errors" in problem and not problem["errors"]:
            found.append("an empty list of errors")
        if body is None:
            return found
        try:
            sent = json.loads(body)
        except (ValueError, RecursionError):
            return found  # there is nothing that a pointer could lead into
        pointers = [one["pointer"] for one in problem.get("errors", [])]
        for one in problem.get("errors", []):
            # What is missing below a place that is itself wrong leads nowhere, rightly.
            below = any(one["pointer"].startswith(other + "/") for other in pointers if other)
            if not below and not leads_into(sent, one["pointer"]):
                found.append(f"the pointer {one['pointer']!r} leads nowhere")
        return found

    def judge_attack(self, attack, number, allowed, answer):
        """One answer to something that is no request for an operation."""
        self.judged += 1
        self.statuses["(attack)", answer.status] += 1
        found = []
        if answer.status not in allowed:
            found.append(f"answer {number} is {answer.status}, not one of {sorted(allowed)}")
        if answer.status >= 500 and answer.status not in (501, 503, 505):
            found.append(f"status {answer.status}: the server failed")
        if answer.status >= 400:
            if answer.body or "HEAD" not in attack.what:
                found += self.problem_faults(answer, None)
                problem = json.loads(answer.body)
                found += self.contract.faults({"$ref": "#/components/schemas/Problem"}, problem)
            if answer.status not in BEYOND_OPERATIONS | set(allowed):
                found.append(f"status {answer.status} stands nowhere in the contract")
        for why in found:
            self.fault(attack.what, attack.data, answer, why)


def covers(documented, given):
    """Whether the media type given is the documented one; it may carry more parameters."""
    wanted, *parameters = [part.strip().lower() for part in documented.split(";")]
    there, *more = [part.strip().lower() for part in given.split(";")]
    return wanted == there and set(parameters) <= set(more)


def strict_json(body):
    """JSON as RFC 8259 has it: UTF-8, no NaN, no name twice in an object."""

    def unique(pairs):
        names = [name for name, _ in pairs]
        if len(set(names)) != len(names):
            raise ValueError(f"a name stands twice among {names}")
        return dict(pairs)

    def refuse(word):
        raise ValueError(f"{word} is no JSON")

    return json.loads(body.decode("utf-8"), object_pairs_hook=unique, parse_constant=refuse)


def leads_into(value, pointer):
    if pointer == "":
        return True
    if not pointer.startswith("/") or re.search(r"~(?![01])", pointer):
        return False
    steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
    for step in steps:
        if isinstance(value, dict) and step in value:
            value = value[step]
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            # What is missing may be named, and what is below it; digits of cards are masked in names, too.
            return value is None or isinstance(value, dict) or "*" in step
    return True


def late(answer):
    """The machine was too slow for the deadline that the request named: nothing was done, and that is documented."""
    return answer.status == 503 and b"deadline-passed" in answer.body


class Fuzz:
    def __init__(self, program, seed, requests):
        self.random = random.Random(seed)
        self.requests = requests
        self.data = DataFolder(program)
        scopes = ("decide", "events", "read", "metrics", "admin")
        self.keys = {"all": self.data.api_key("all", ",".join(scopes))}
        self.keys |= {scope: self.data.api_key(scope, scope) for scope in scopes}
        self.keys["expired"] = self.data.api_key("expired", ",".join(scopes), expires="1s")
        self.keys["revoked"] = self.data.api_key("revoked", ",".join(scopes))
        self.data.revoke("revoked")
        self.keys |= {"none": None, "short": "x", "long": "k" * 3000, "altered": self.keys["all"][:-1] + "~"}
        time.sleep(1.1)  # until the expired key is
        self.desk = Desk(self.data, default_policy()).wait_until_serving()
        wire = Wire(self.desk.port)
        self.contract = Contract(wire.ask(request("GET", "/openapi.json")).body)
        wire.close()
        self.judge = Judge(self.contract)
        self.decision_ids, self.bodies = [], {}
        self.maker = RequestMaker(self.contract, self.random, self.keys, self.decision_ids)
        self.wire = None

    def bytes_of(self, planned):
        headers = list(planned.headers)
        if planned.key is not None:
            headers.append(("Authorization", f"Bearer {planned.key}"))
        lines = [f"{planned.method} {planned.target} HTTP/1.1", "Host: 127.0.0.1"]
        lines += [f"{name}: {value}" for name, value in headers]
        body = planned.body
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + (body or b"")

    def ask(self, data):
        """The answer, on a connection that lives as long as the server lets it."""
        for attempt in range(2):
            fresh = self.wire is None
            if fresh:
                self.wire = Wire(self.desk.port)
            try:
                try:
                    self.wire.send(data)
                except Disconnected:
                    pass  # it may have refused before it read all, and the answer waits
                answer = self.wire.receive()
                if answer.headers.get("connection") == "close":
                    self.hang_up()
                return answer
            except Disconnected:
                self.hang_up()
                if fresh:
                    raise
        raise AssertionError("unreachable")

    def hang_up(self):
        if self.wire:
            self.wire.close()
        self.wire = None

    def one_request(self):
        planned = self.maker.plan()
        data = self.bytes_of(planned)
        try:
            answer = self.ask(data)
        except (Disconnected, Malformed, TimeoutError) as error:
            self.judge.fault(planned.what, data, None, f"{type(error).__name__}: {error}")
            self.hang_up()
            return
        self.judge.judge(planned, data, answer)
        if answer.status == 200 and planned.operation["operationId"] == "decide":
            decision = json.loads(answer.body)
            if decision["id"]:
                self.decision_ids.append(decision["id"])
                self.bodies[decision["id"]] = answer.body
                self.again(planned, answer)
        if answer.status == 200 and planned.operation["operationId"] == "getDecision":
            asked = planned.target.rsplit("/", 1)[1]
            if self.bodies.get(asked, answer.body) != answer.body:
                self.judge.fault(planned.what, data, answer, "other bytes than when it was decided")

    def again(self, planned, first):
        """The same event once more: the same bytes. Other content under its id: a conflict."""
        if self.random.random() < 0.8:
            return
        second = self.ask(self.bytes_of(planned))
        self.judge.judge(planned, self.bytes_of(planned), second)
        if late(second):
            return
        if second.body != first.body or second.headers.get("tillwatch-repeated") != "true":
            self.judge.fault("repeat", self.bytes_of(planned), second, "a repeat is answered otherwise")
        try:
            event = json.loads(planned.body)
        except ValueError:
            return
        # Another amount, and none that could be taken for a card number.
        event |= {"amount": 8 if event.get("amount") == 7 else 7, "currency": "CNY"}
        data = self.bytes_of(planned._replace(body=json.dumps(event).encode()))
        third = self.ask(data)
        self.judge.judge(planned._replace(expect="open", body=json.dumps(event).encode()), data, third)
        if third.status != 409 and not late(third):
            self.judge.fault("conflict", data, third, "other content under a known id is no conflict")

    def one_attack(self, attack):
        wire = Wire(self.desk.port, seconds=20)
        answers = 0
        try:
            try:
                wire.send(attack.data)
                if attack.cut:
                    wire.socket.shutdown(1)
            except (Disconnected, OSError):
                pass
            for allowed in attack.answers:
                answer = wire.receive(head_only=attack.what.startswith("HEAD "))
                self.judge.judge_attack(attack, answers, allowed, answer)
                answers += 1
        except (Disconnected, Malformed, TimeoutError) as error:
            why = f"after {answers} answers {type(error).__name__}: {error}"
            self.judge.fault(attack.what, attack.data, None, why)
        finally:
            wire.close()

    def scopes(self):
        """Each operation with each key of one scope: 403 exactly where the scope is not enough."""
        for method, path, operation in self.contract.operations:
            if operation.get("security") == []:
                continue
            words = operation.get("description", "").split("Scope:")[1].split(".")[0]
            for scope in ("decide", "events", "read", "metrics", "admin"):
                target = path.replace("{decision_id}", "dec_0000000000000001")
                if scope in words and scope not in words.split(";")[0] and "with request_id" in words:
                    target += "?request_id=nobody"
                body = b"{}" if method == "POST" else None
                media_type = (self.contract.body_schema(operation) or ("",))[0]
                data = request(method, target, self.keys[scope], body, content_type=media_type)
                answer = self.ask(data)
                self.judge.judged += 1
                if (answer.status == 403) == (scope in words):
                    self.judge.fault("scope", data, answer, f"scope {scope} where the contract says {words!r}")

    def wellformed(self):
        live = request("GET", "/health/live"), {200}
        feed = request("GET", "/v1/decisions?limit=3", self.keys["read"]), {200}
        nobody = request("GET", "/v1/policy"), {401}
        nothing = request("GET", "/v1/decisions/dec_ffffffffffffffff", self.keys["read"]), {404}
        return [live, feed, nobody, nothing]

    def run(self):
        print(f"  {len(self.contract.operations)} operations")
        attacks = list(wire_attacks.fixed_attacks(self.keys["all"]))
        attacks += list(wire_attacks.methods(self.contract, self.keys["all"]))
        self.scopes()
        for attack in attacks:
            self.one_attack(attack)
        wellformed = self.wellformed()
        while self.judge.judged < self.requests and len(self.judge.faults) < 200 and self.desk.alive():
            for _ in range(100):
                self.one_request()
            self.one_attack(wire_attacks.pipeline(self.random, wellformed))
            self.one_attack(self.random.choice(attacks))
        if not self.desk.alive():
            self.judge.faults.append(f"the server ended; its log ends: {self.desk.log_end()}")
            return
        self.hang_up()
        self.desk.stop()
        self.data.verify()

    def report(self):
        by_operation = {}
        for (operation, status), number in sorted(self.judge.statuses.items()):
            by_operation.setdefault(operation, []).append(f"{status}: {number}")
        for operation, statuses in by_operation.items():
            print(f"  {operation:14} {', '.join(statuses)}")
        for text in self.judge.faults[:SHOWN_MAX]:
            print(f"  broken: {text}")
        print(f"  {self.judge.judged} answers judged, {len(self.judge.faults)} faults")


def main():
    parser = argparse.ArgumentParser(description="Fuzzes the HTTP interface by its contract.")
    add_program_option(parser)
    parser.add_argument("--requests", type=int, default=3000)
    parser.add_argument("--long", action="store_true", help="100,000 requests")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    options = parser.parse_args()
    print(f"api fuzz: seed {options.seed}")
    fuzz = Fuzz(options.program, options.seed, 100_000 if options.long else options.requests)
    try:
        fuzz.run()
    except (DeskFailure, Disconnected) as failure:
        fuzz.judge.faults.append(f"{type(failure).__name__}: {failure}")
    finally:
        if fuzz.desk.alive():
            fuzz.desk.kill()
    fuzz.report()
    good = not fuzz.judge.faults
    count(int(good), int(not good))
    if good:
        fuzz.data.delete()
    else:
        print(f"api fuzz: broken; data directory {fuzz.data.path}, seed {options.seed}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
