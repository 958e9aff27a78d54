#!/usr/bin/env python3
"""People at the desk of a real server, over HTTP: the owner arrives, signs in, handles an alert; a colleague sees his
agent's part and no more; every route of the contract refuses strangers, and whoever lacks its right.

Called by script/stages/48-desk and by hand: tests/integration/desk_people.py --program build/dev/apps/tillwatch.
Prints its seed. What each role may do stands in the contract (x-right) and in GET /desk/roles; the test holds both
against what the server does.
"""

import argparse
import http.client
import json
import os
import random
import re
import select
import subprocess
import sys
import time

from desk_person import PASSWORD, Person
from desk_process import (
    DataFolder,
    Desk,
    DeskFailure,
    add_program_option,
    count,
    default_policy,
    run_program,
)

WORLD = ("--seed", "7", "--days", "2", "--ends", "yesterday", "--merchants", "20", "--look-alikes", "1")
WAIT_SECONDS_MAX = 120


class DeskWithPeople(Desk):
    def __init__(self, data, policy, options=()):
        super().__init__(data, policy, ["--desk", "127.0.0.1:0", *options])
        self.wait_until_serving()
        self.people_port, self.token = self.read_rest()

    def read_rest(self):
        """The lines behind the first: where the desk is, and the link where there is one."""
        said = self.said
        deadline = time.monotonic() + WAIT_SECONDS_MAX
        while b"the desk is at" not in said or (b"nobody has" in said and b"first-run#" not in said):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            more = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not more:
                raise DeskFailure(f"the desk did not open: {said!r}; its log ends: {self.log_end()}")
            said += more
        port = re.search(rb"the desk is at http://127\.0\.0\.1:(\d+)", said)
        token = re.search(rb"/first-run#([0-9a-f]+)", said)
        return int(port.group(1)), token.group(1).decode() if token else ""


class Judge:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, good, told=""):
        self.passed += bool(good)
        self.failed += not good
        if not good:
            print(f"  broken: {what} {told}")
        return good

    def status(self, what, reply, wanted):
        return self.check(what, reply.status == wanted, f"got {reply.status}: {reply.body[:300]!r}")


def eventually(ask, seconds=WAIT_SECONDS_MAX):
    """The first true answer; the service thread needs a moment to relay and project."""
    deadline = time.monotonic() + seconds
    while True:
        found = ask()
        if found or time.monotonic() > deadline:
            return found
        select.select([], [], [], 0.05)


def the_owner_arrives(judge, desk):
    owner = Person(desk.people_port)
    judge.check("a stranger has no session", owner.ask("GET", "/desk/session").json()["state"] == "none")
    judge.status("a stranger sees no alert", owner.ask("GET", "/desk/alerts"), 401)
    look = owner.ask("POST", "/desk/invitation", {"token": desk.token})
    judge.check("the link is the owner's", look.json() == {"purpose": "owner", "sign_in": None}, look.body)
    short = {"token": desk.token, "password": "short", "sign_in": "chen", "shown_name": "陈"}
    reply = owner.ask("POST", "/desk/first-run", short)
    judge.check("a short password is told", reply.status == 422 and b"/password" in reply.body, reply.body)
    view = owner.arrive(desk.token, sign_in="Chen.Wei", shown_name="陈伟", language="zh")
    judge.check("the owner is signed in", view["account"]["roles"] == ["owner"], view)
    judge.status("a link works once", owner.ask("POST", "/desk/invitation", {"token": desk.token}), 404)
    return owner


def the_owner_signs_in_again(judge, owner):
    judge.status("sign out", owner.ask("DELETE", "/desk/session"), 204)
    judge.status("signed out", owner.ask("GET", "/desk/accounts"), 401)
    owner.csrf = ""
    reply = owner.ask("POST", "/desk/sessions", {"name": "chen.wei", "password": PASSWORD + "s"})
    judge.status("a wrong password", reply, 401)
    owner.keep(owner.ask("POST", "/desk/sessions", {"name": "Chen.Wei", "password": PASSWORD}))
    judge.check("the factor is asked for", owner.view["state"] == "factor_needed", owner.view)
    judge.status("half a session opens nothing", owner.ask("GET", "/desk/alerts"), 401)
    judge.status("wrong digits", owner.ask("POST", "/desk/sessions/factor", {"totp": "000000"}), 401)
    owner.keep(owner.ask("POST", "/desk/sessions/factor", {"totp": owner.digits()}))
    judge.check("signed in", owner.view["state"] == "signed_in", owner.view)
    csrf, owner.csrf = owner.csrf, "wrong"
    judge.status("a wrong CSRF token", owner.ask("POST", "/desk/account/recovery-codes"), 403)
    owner.csrf = csrf
    foreign = owner.ask("POST", "/desk/account/recovery-codes", fields={"Origin": "https://evil.example"})
    judge.status("another site", foreign, 403)


def traffic(data, desk, key):
    """Two days of trade with planted patterns, sent to the server as an acquirer would."""
    words = ["simulate", *WORLD, "--live", f"http://127.0.0.1:{desk.port}", "--api-key-file", key, "--once"]
    code, _, error = run_program(data.program, *words)
    if code not in (0, 3):  # 3: something planted was not found, which is another test's matter
        raise DeskFailure(f"simulate ended with {code}: {error[-800:]}")


def an_alert_is_handled(judge, owner, feed):
    def first():
        return owner.ask("GET", "/desk/alerts?order=severity&limit=5").json()["items"]

    alerts = eventually(first)
    if not judge.check("alerts arrive", alerts):
        return
    alert = owner.ask("GET", f"/desk/alerts/{alerts[0]['id']}").json()
    judge.check("an alert keeps its decisions", alert["kept"] and alert["decisions"] > 0, alert)
    decision = feed(f"/v1/decisions/{alert['kept'][0]['decision']}")
    judge.check("a kept decision is the journal's", alert["rule"] in json.dumps(decision), alert["rule"])
    body = {"version": alert["version"], "verdict": "fraud", "reason": "split on purpose, says the shop"}
    reply = owner.ask("POST", f"/desk/alerts/{alert['id']}/verdict?wait=effective", body)
    judge.status("a verdict", reply, 200)
    told = reply.json()
    judge.check("labels are effective in the engine", told["labels"] > 0 and told["effective"], told)
    again = owner.ask("POST", f"/desk/alerts/{alert['id']}/verdict", body)
    judge.status("a verdict on an older version", again, 409)


def decisions_are_found(judge, owner, feed):
    page = owner.ask("GET", "/desk/decisions?fired=true&limit=3").json()
    if not judge.check("decisions that fired are listed", len(page["items"]) == 3 and page["next"], page):
        return
    order = [one["sequence"] for one in page["items"]]
    more = owner.ask("GET", f"/desk/decisions?fired=true&limit=3&cursor={page['next']}").json()["items"]
    order += [one["sequence"] for one in more]
    judge.check("the newest first, each once", order == sorted(set(order), reverse=True), order)
    one = page["items"][0]
    told = owner.ask("GET", f"/desk/decisions/{one['id']}")
    judge.status("a decision's page", told, 200)
    judge.check("it is the journal's decision", told.json()["decision"] == feed(f"/v1/decisions/{one['id']}"), told.body)
    words = [reason["text"]["zh"] for reason in told.json()["decision"]["reasons"]]
    judge.check("it says why in words", all(words) and len(words) == len(one["hits"]), words)
    around = owner.ask("GET", f"/desk/decisions/{one['id']}/around?limit=5").json()
    same = around["merchant"]["before"] + around["merchant"]["after"]
    judge.check("its merchant's history", same and all(each["merchant"] == one["merchant"] for each in same), around)
    rule = one["hits"][0]["rule"]
    by_rule = owner.ask("GET", f"/desk/decisions?rule={rule}&merchant={one['merchant']}").json()["items"]
    judge.check("by rule and merchant", one["id"] in [each["id"] for each in by_rule], by_rule)


def the_day_is_told(judge, owner, desk):
    home = owner.ask("GET", "/desk/home").json()
    open_alerts = sum(one["count"] for one in home["alerts"]["open"])
    judge.check("home counts alerts", open_alerts > 0, home)
    traded = sum(one["count"] for one in home["figures"]["today"]["sums"] + home["figures"]["yesterday"]["sums"])
    judge.check("home counts the day", traded > 1000, home)
    health = owner.ask("GET", "/desk/health").json()
    judge.check("health", health["trouble"] is None and health["database"]["bytes"] > 0, health)
    judge.check("the disk has room", 0 < health["disk"]["free_bytes"] <= health["disk"]["bytes"], health)
    acts = owner.ask("GET", "/desk/audit?actor=chen.wei&kind=alert.judged").json()["items"]
    verdict = [one for one in acts if one["reason"] and "split on purpose" in one["reason"]]
    judge.check("the audit has the verdict and its reason", verdict and verdict[0]["sequence"], acts[-12:])
    fired = [one["sequence"] for one in owner.ask("GET", "/desk/decisions?fired=true&limit=20").json()["items"]]
    judge.check("the stream tells what fired", streamed(owner, desk, fired[-1], 19) == fired[-2::-1])


def an_export_is_an_act(judge, owner):
    file = owner.ask("GET", "/desk/decisions/export?fired=true")
    lines = file.body.decode("utf-8-sig").splitlines()
    judge.check("an export", file.status == 200 and lines[0].startswith("id,sequence,") and len(lines) > 3, lines[:2])
    taken = owner.ask("GET", "/desk/audit?kind=decisions.exported").json()["items"]
    judge.check("it is in the audit", taken and taken[0]["detail"]["rows"] == len(lines) - 1, taken)


def streamed(person, desk, after, count):
    """The sequences of the first events of GET /desk/stream."""
    wire = http.client.HTTPConnection("127.0.0.1", desk.people_port, timeout=60)
    cookies = "; ".join(f"{name}={value}" for name, value in person.cookies.items())
    wire.request("GET", "/desk/stream", headers={"Cookie": cookies, "Last-Event-ID": str(after)})
    reply, told = wire.getresponse(), []
    while reply.status == 200 and len(told) < count:
        line = reply.readline().decode()
        if line.startswith("data: {\"id\""):
            told.append(json.loads(line[6:])["sequence"])
    wire.close()
    return told


def his_day_is_counted(judge, owner, lin, agent):
    """A shop that has traded is registered as his agent's: home counts what the list shows him, from before too."""
    number = owner.ask("GET", "/desk/decisions?limit=1&kind=transaction").json()["items"][0]["merchant"]
    judge.status("a channel", owner.ask("POST", "/desk/channels", {"id": "leshua", "name": "Leshua"}), 201)
    shop = {"name": "福源", "agent": agent, "numbers": [{"channel": "leshua", "number": number}]}
    judge.status("a shop of his agent's", owner.ask("POST", "/desk/merchants?wait=effective", shop), 201)
    his, page = [], {"next": ""}
    while page["next"] is not None:
        more = f"&cursor={page['next']}" if page["next"] else ""
        page = lin.ask("GET", f"/desk/decisions?kind=transaction&limit=200{more}").json()
        his += page["items"]
    home = lin.ask("GET", "/desk/home").json()
    sums = home["figures"]["today"]["sums"] + home["figures"]["yesterday"]["sums"]
    judge.check("home counts what he sees", 0 < len(his) == sum(one["count"] for one in sums), (len(his), sums))
    minor = sum(one["amount"]["minor"] for one in his)
    judge.check("and adds it up", minor == sum(one["amount_minor"] for one in sums), (minor, sums))
    judge.check("which accounts rest soon is not his to see", home["accounts"] is None, home["accounts"])
    judge.check("but the owner's", owner.ask("GET", "/desk/home").json()["accounts"]["dormant_soon"] == 0)


def a_colleague_sees_his_part(judge, owner, desk):
    step_up = owner.ask("POST", "/desk/session/step-up", {"totp": owner.digits()})
    owner.keep(step_up)
    agents = []
    for name in ("North", "South"):
        made = owner.ask("POST", "/desk/agents?wait=effective", {"name": name})
        judge.status(f"agent {name}", made, 201)
        agents.append(made.json()["id"])
    roles = [{"role": "desk", "agent": agents[0]}]
    made = owner.ask("POST", "/desk/accounts", {"sign_in": "lin", "shown_name": "林", "roles": roles})
    judge.status("a new account", made, 201)
    lin = Person(desk.people_port)
    lin.arrive(made.json()["token"])
    listed = lin.ask("GET", "/desk/agents").json()["items"]
    judge.check("he sees his agent only", [one["id"] for one in listed] == [agents[0]], listed)
    judge.status("the other is not there for him", lin.ask("GET", f"/desk/agents/{agents[1]}"), 404)
    judge.check("alerts of nobody's merchants are not his", lin.ask("GET", "/desk/alerts").json()["items"] == [])
    judge.check("nor are their decisions", lin.ask("GET", "/desk/decisions").json()["items"] == [])
    somebodys = owner.ask("GET", "/desk/decisions?limit=1").json()["items"][0]["id"]
    for path in (somebodys, f"{somebodys}/around"):
        judge.status("not by their id either", lin.ask("GET", f"/desk/decisions/{path}"), 404)
    judge.status("accounts are not his", lin.ask("GET", "/desk/accounts"), 403)
    his_day_is_counted(judge, owner, lin, agents[0])
    mine = owner.ask("PATCH", f"/desk/accounts/{owner.view['account']['id']}", {"version": 1, "state": "disabled"})
    judge.check("nobody disables himself", mine.status in (403, 409), mine.body)
    account = made.json()["id"]
    version = owner.ask("GET", f"/desk/accounts/{account}").json()["version"]
    judge.status("disabled", owner.ask("PATCH", f"/desk/accounts/{account}", {"version": version, "state": "disabled"}), 200)
    judge.status("and out at once", lin.ask("GET", "/desk/agents"), 401)
    return agents


def a_key_made_at_the_desk_opens_the_engine(judge, owner, desk):
    """Its scopes count, two live for a client, and a revoked one opens nothing more."""
    tomorrow = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))

    def engine(secret, path):
        wire = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
        wire.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
        return wire.getresponse().status

    wish = {"client": "gateway", "scopes": ["read"], "expires_at": tomorrow}
    first = owner.ask("POST", "/desk/api-keys", wish)
    if not judge.status("a key is made", first, 201):
        return
    key = first.json()["key"]
    judge.check("the engine knows it", eventually(lambda: engine(key, "/v1/policy") == 200), engine(key, "/v1/policy"))
    judge.check("its scopes count", engine(key, "/metrics") == 403, engine(key, "/metrics"))
    judge.status("a second one, to change over", owner.ask("POST", "/desk/api-keys", wish), 201)
    judge.status("a third is refused", owner.ask("POST", "/desk/api-keys", wish), 409)
    for broken in ({"scopes": ["all"]}, {"scopes": []}, {"expires_at": "2020-01-01T00:00:00Z"}, {"client": "A B"}):
        judge.status(f"{broken} is refused", owner.ask("POST", "/desk/api-keys", {**wish, **broken}), 422)
    judge.status("revoked", owner.ask("DELETE", f"/desk/api-keys/{first.json()['id']}"), 204)
    judge.check("it opens nothing more", eventually(lambda: engine(key, "/v1/policy") == 401, 5))
    listed = owner.ask("GET", "/desk/api-keys")
    states = sorted(one["state"] for one in listed.json()["items"])
    judge.check("the list says so, without the key", states == ["live", "revoked"] and key.encode() not in listed.body, listed.body)


def operations(contract):
    for path, item in contract["paths"].items():
        for method, operation in item.items():
            if path.startswith("/desk/"):
                yield method.upper(), path, operation


def every_route_keeps_its_right(judge, owner, desk, contract, chance):
    """Each role asks for everything, with made-up objects: what it may not do is 403, what it may is documented."""
    roles = owner.ask("GET", "/desk/roles").json()["items"]
    people = {"stranger": (Person(desk.people_port), None)}
    for role in roles:
        wish = {"sign_in": f"{role['name']}1", "shown_name": role["en"], "roles": [{"role": role["name"], "agent": "*"}]}
        made = owner.ask("POST", "/desk/accounts", wish)
        if not judge.status(f"an account for {role['name']}", made, 201):
            return
        person = Person(desk.people_port)
        person.arrive(made.json()["token"])
        people[role["name"]] = (person, set(role["rights"]))
    asked = 0
    for name, (person, rights) in people.items():
        for method, path, operation in sorted(operations(contract), key=lambda one: chance.random()):
            if operation["operationId"] in ("signOut", "makeRecoveryCodes", "beginTotp"):
                continue  # would change what the next question stands on
            right = operation["x-right"]
            if "text/event-stream" in operation["responses"].get("200", {}).get("content", {}):
                method = "HEAD"  # it does not end
            where = re.sub(r"\{\w+\}", "none", path)
            reply = person.ask(method, where, {} if "requestBody" in operation else None)
            asked += 1
            what = f"{name} {method} {path}"
            documented = reply.status in {400, 401, 403, 404, 405, 429} or str(reply.status) in operation["responses"]
            judge.check(what, reply.status < 500 and documented, f"{reply.status} {reply.body[:200]!r}")
            if rights is None and right != "open":
                judge.check(f"{what} needs a session", reply.status == 401, reply.status)
            elif rights is not None and right not in ("open", "account"):
                bare = method == "HEAD"  # its refusal has no body
                if right in rights:
                    judge.check(f"{what} is allowed", reply.status != 403 or bare or reply.kind() == "step-up-needed", reply.body)
                else:
                    judge.check(f"{what} is not his", reply.status == 403 and (bare or reply.kind() == "not-permitted"), reply.status)
    print(f"  {asked} questions of {len(people)} kinds of people")


def a_guesser_is_kept_out(judge, owner, desk):
    """2,000 guesses at the owner's password from elsewhere; the owner's own device does not notice."""
    guesser = Person(desk.people_port)
    said = [guesser.ask("POST", "/desk/sessions", {"name": "chen.wei", "password": f"guess {i}"}) for i in range(2000)]
    tried = sum(reply.status == 401 for reply in said)
    judge.check("at most ten guesses reach the hash", 0 < tried <= 10, tried)
    late = [reply for reply in said if reply.status != 401]
    judge.check("all others wait", all(one.status == 429 for one in late), {one.status for one in late})
    right = {"name": "chen.wei", "password": PASSWORD}
    judge.status("not even the right one, from elsewhere", guesser.ask("POST", "/desk/sessions", right), 429)
    known = Person(desk.people_port)
    known.cookies = {name: value for name, value in owner.cookies.items() if name.endswith("-device")}
    reply = known.ask("POST", "/desk/sessions", right)
    judge.check("the owner's device", reply.status == 200 and reply.json()["state"] == "factor_needed", reply.body)


def the_owner_is_locked_out(judge, data, desk, program):
    """Phone, password and recovery codes are gone; whoever holds the machine lets the owner in again."""

    def admin(*words):
        return run_program(program, "admin", "account", *words, "--data", data.path)

    code, listed, told = admin("list")
    judge.check("the accounts are listed", code == 0 and "chen.wei" in listed and " owner" in listed, told)
    judge.check("an unknown name is refused", admin("reset", "nobody")[0] == 1)
    code, link, told = admin("reset", "chen.wei")
    judge.check("the machine gives a link", code == 0, told)
    token = link.strip().removeprefix("/first-run#")
    again = Person(desk.people_port)
    again.arrive(token)
    judge.check("the owner is in again", "accounts.manage" in again.view["account"]["rights"])
    judge.status("the link works once", again.ask("POST", "/desk/first-run", {"token": token, "password": PASSWORD}), 404)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_program_option(parser)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 30))
    options = parser.parse_args()
    print(f"desk people: seed {options.seed}")
    judge = Judge()
    data = DataFolder(options.program)
    desk = None
    try:
        key = os.path.join(data.path, "key")
        secret = data.api_key("sim", "decide,events,read")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(secret)
        desk = DeskWithPeople(data, default_policy())

        def feed(path):
            wire = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
            wire.request("GET", path, headers={"Authorization": f"Bearer {secret}"})
            return json.loads(wire.getresponse().read())

        owner = the_owner_arrives(judge, desk)
        the_owner_signs_in_again(judge, owner)
        traffic(data, desk, key)
        an_alert_is_handled(judge, owner, feed)
        decisions_are_found(judge, owner, feed)
        the_day_is_told(judge, owner, desk)
        a_colleague_sees_his_part(judge, owner, desk)
        an_export_is_an_act(judge, owner)
        a_key_made_at_the_desk_opens_the_engine(judge, owner, desk)
        every_route_keeps_its_right(judge, owner, desk, feed("/openapi.json"), random.Random(options.seed))
        a_guesser_is_kept_out(judge, owner, desk)
        the_owner_is_locked_out(judge, data, desk, options.program)
        desk.stop()
        desk = None
        print(f"  verified again: {data.verify()['entries']} entries")
    except (DeskFailure, AssertionError, OSError, subprocess.TimeoutExpired) as failure:
        print(f"  broken: {type(failure).__name__}: {failure}")
        judge.failed += 1
    finally:
        if desk is not None:
            desk.kill()
    print(f"  {judge.passed} checks held, {judge.failed} did not")
    count(judge.passed, judge.failed)
    if judge.failed:
        print(f"desk people: broken; data directory {data.path}, seed {options.seed}")
        return 1
    data.delete()
    return 0


if __name__ == "__main__":
    sys.exit(main())
