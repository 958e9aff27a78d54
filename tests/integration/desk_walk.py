"""The frame of a walk through the desk of a real server: a small policy, the owner, an acquirer that asks the engine, the
checks, and the journal that has to verify behind it.

Used by desk_policy.py and desk_lists.py; never decides what is walked.
"""

import argparse
import http.client
import json
import os

from desk_people import DeskWithPeople, Judge
from desk_person import Person
from desk_process import DataFolder, DeskFailure, add_program_option, count


class Acquirer:
    """Asks the engine, as a switch would."""

    def __init__(self, data):
        self.key = data.api_key("switch", "decide,read")
        self.port, self.count = 0, 0

    def meet(self, desk):
        self.port = desk.port

    def ask(self, minor):
        self.count += 1
        sale = {"id": f"sale-{self.count}", "kind": "transaction", "tx": {"type": "sale"}, "amount": minor, "currency": "CNY",
                "merchant": {"id": "M815"}}
        wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        fields = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        wire.request("POST", "/v1/decisions", body=json.dumps(sale), headers=fields)
        answer = wire.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise DeskFailure(f"the engine answered {answer.status}: {body!r}")
        return json.loads(body)["outcome"]["authorisation"]


class World:
    def __init__(self, program, policy):
        self.judge, self.data = Judge(), DataFolder(program)
        self.folder = os.path.join(self.data.path, "small")
        os.mkdir(self.folder)
        with open(os.path.join(self.folder, "policy.yaml"), "w") as file:
            file.write(policy)
        self.acquirer = Acquirer(self.data)
        self.desk = self.owner = None

    def open(self):
        self.desk = DeskWithPeople(self.data, self.folder)
        self.owner = Person(self.desk.people_port)
        self.owner.arrive(self.desk.token, sign_in="chen.wei", shown_name="陈伟", language="zh")
        self.acquirer.meet(self.desk)

    def arrives(self, name, role):
        wish = {"sign_in": name, "shown_name": name, "roles": [{"role": role, "agent": "*"}]}
        made = self.owner.ask("POST", "/desk/accounts", wish)
        self.judge.status(f"an account for {name}", made, 201)
        person = Person(self.desk.people_port)
        person.arrive(made.json()["token"])
        return person


def run(doc, policy, walk, prepare=None):
    """`walk(world)` walks; `prepare(world)` is what has to be there before the server starts. What main() returns."""
    parser = argparse.ArgumentParser(description=doc.splitlines()[0])
    add_program_option(parser)
    world = World(parser.parse_args().program, policy)
    judge = world.judge
    try:
        if prepare:
            prepare(world)
        world.open()
        walk(world)
        world.desk.stop()
        verified = world.data.verify()
        judge.check("the journal verifies", int(verified["decisions"]) > 5, verified)
    finally:
        if world.desk and world.desk.alive():
            world.desk.kill()
    if judge.failed == 0:
        world.data.delete()
    count(judge.passed, judge.failed)
    print(f"  {judge.passed} checks held, {judge.failed} did not")
    return 1 if judge.failed else 0
