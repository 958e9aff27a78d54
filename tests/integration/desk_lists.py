#!/usr/bin/env python3
"""Lists kept by people at a real server: one person blocks a merchant and the next payment is declined; letting him off
takes two; an item ends by itself; an API key's item is shown beside; a crash keeps all of it.

Called by script/stages/48-desk and by hand: tests/integration/desk_lists.py --program build/dev/apps/tillwatch.
"""

import datetime
import http.client
import json
import sys

from desk_people import DeskWithPeople, eventually
from desk_walk import run

POLICY = """policy: small
authority: acquirer
lists:
  - {name: blocked, of: merchant.id, effect: block}
  - {name: trusted, of: merchant.id, effect: override}
  - {name: cards, of: card.reference, effect: block}
rules:
  - id: T04-large
    typology: T04
    title: {en: Large, zh: 大额}
    when: amount >= 100000
    action: {authorisation: decline}
    reason: amount
    text: {en: Large amount, zh: 大额交易}
"""
BLOCKED = "/desk/lists/blocked/items"


def time_in(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat()


def live(person, at=BLOCKED):
    return [one["value"] for one in person.ask("GET", at).json()["items"]]


def one_blocks(judge, analyst, acquirer):
    judge.check("he sells at first", acquirer.ask(100) == "allow")
    lists = analyst.ask("GET", "/desk/lists").json()["items"]
    judge.check("the policy's lists", [one["name"] for one in lists] == ["blocked", "trusted", "cards"], lists)
    wish = {"value": "M815", "reason": "confirmed_fraud", "note": "the police asked"}
    made = analyst.ask("POST", f"{BLOCKED}?wait=effective", wish)
    judge.check("blocked, and the engine knows", made.status == 201 and made.json()["effective"], made.body)
    judge.check("he sells no more", acquirer.ask(100) == "decline")
    return made.json()["item"]


def two_let_off(judge, analyst, lead, acquirer, item):
    waits = analyst.ask("DELETE", f"{BLOCKED}/{item['id']}", {"note": "it was another"})
    if not judge.status("letting off waits for another person", waits, 202):
        return
    proposal = waits.json()["proposal"]
    go = f"/desk/list-changes/{proposal['id']}/carry-out?wait=effective"
    judge.status("not before", analyst.ask("POST", go), 409)
    approve = {"hash": proposal["hash"], "reason": ""}
    judge.status("not by its author", analyst.ask("POST", f"/desk/proposals/{proposal['id']}/approve", approve), 403)
    lead.keep(lead.ask("POST", "/desk/session/step-up", {"totp": lead.digits()}))
    judge.status("approved", lead.ask("POST", f"/desk/proposals/{proposal['id']}/approve", approve), 204)
    done = analyst.ask("POST", go)
    judge.check("carried out", done.status == 200 and done.json()["item"]["state"] == "removed", done.body)
    judge.check("he sells again", acquirer.ask(100) == "allow")
    judge.status("once", analyst.ask("POST", go), 409)


def an_item_ends_by_itself(judge, analyst, acquirer):
    wish = {"value": "M815", "reason": "cooling", "expires_at": time_in(4)}
    made = analyst.ask("POST", f"{BLOCKED}?wait=effective", wish)
    judge.status("blocked for seconds", made, 201)
    judge.check("declined meanwhile", acquirer.ask(100) == "decline")
    judge.check("until its end", eventually(lambda: acquirer.ask(100) == "allow"))
    judge.check("which the desk says too", live(analyst) == [])
    states = [one["state"] for one in analyst.ask("GET", f"{BLOCKED}?state=all").json()["items"]]
    judge.check("nothing is forgotten", states == ["expired", "removed"], states)


def by_key(key, desk, path, body):
    wire = http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)
    fields = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    wire.request("POST", path, body=json.dumps(body), headers=fields)
    answer = wire.getresponse()
    return answer.status, json.loads(answer.read())


def a_key_blocks(judge, key, desk, analyst):
    change = {"id": "change-1", "kind": "list_change", "list": {"name": "blocked", "value": "M999", "action": "add"}}
    status, told = by_key(key, desk, "/v1/events", change)
    judge.check("a key blocks", status == 200, told)
    judge.check("and the desk shows it", eventually(lambda: live(analyst) == ["M999"]), live(analyst))
    makers = [one["made_by"] for one in analyst.ask("GET", BLOCKED).json()["items"]]
    judge.check("with its client", makers == ["client:office"], makers)


def a_key_blocks_a_card(judge, key, desk, analyst):
    """By its number, which neither the record nor the desk ever has."""
    card = {"number": "4012888888881881"}
    change = {"id": "change-2", "kind": "list_change", "list": {"name": "cards", "action": "add"}, "card": card}
    status, told = by_key(key, desk, "/v1/events", change)
    judge.check("a key blocks a card", status == 200, told)
    sale = {"id": "card-1", "kind": "transaction", "tx": {"type": "sale"}, "amount": 1, "currency": "CNY", "card": card}
    status, told = by_key(key, desk, "/v1/decisions", sale)
    judge.check("which is declined", status == 200 and told["outcome"]["authorisation"] == "decline", told)
    at = "/desk/lists/cards/items"
    judge.check("the desk shows its mask", eventually(lambda: live(analyst, at) == ["401288******1881"]), live(analyst, at))


def a_crash_keeps_them(judge, data, folder, desk, analyst, acquirer):
    judge.status("blocked again", analyst.ask("POST", f"{BLOCKED}?wait=effective", {"value": "M815", "reason": "again"}), 201)
    desk.kill()
    again = DeskWithPeople(data, folder)
    acquirer.meet(again)
    analyst.port = again.people_port
    judge.check("after a crash he is blocked", acquirer.ask(100) == "decline")
    judge.check("and the desk has both", sorted(live(analyst)) == ["M815", "M999"], live(analyst))
    return again


def prepare(world):
    world.key = world.data.api_key("office", "admin,decide")


def walk(world):
    judge, acquirer = world.judge, world.acquirer
    analyst = world.arrives("analyst", "risk_analyst")
    lead = world.arrives("lead", "risk_lead")
    item = one_blocks(judge, analyst, acquirer)
    two_let_off(judge, analyst, lead, acquirer, item)
    an_item_ends_by_itself(judge, analyst, acquirer)
    a_key_blocks(judge, world.key, world.desk, analyst)
    a_key_blocks_a_card(judge, world.key, world.desk, analyst)
    world.desk = a_crash_keeps_them(judge, world.data, world.folder, world.desk, analyst, acquirer)


if __name__ == "__main__":
    sys.exit(run(__doc__, POLICY, walk, prepare))
