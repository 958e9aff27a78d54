#!/usr/bin/env python3
"""The policy room of a real server: a rule is drafted, its test fails, it is mended, another person approves exactly
that, it comes into force and decides; an edit after the approval voids it; a crash and a restart keep it; the folder
of --policy and SIGHUP change nothing any more; an older version comes back by the same way.

Called by script/stages/48-desk and by hand: tests/integration/desk_policy.py --program build/dev/apps/tillwatch.
"""

import os
import signal
import sys

from desk_people import DeskWithPeople, eventually
from desk_process import Desk
from desk_walk import run

POLICY = """policy: small
authority: acquirer
rules:
  - id: T04-large
    typology: T04
    title: {en: Large, zh: 大额}
    when: amount >= 100000
    action: {authorisation: decline}
    reason: amount
    text: {en: Large amount, zh: 大额交易}
"""
SCENARIO = """policy small
2026-07-01 10:00:00 transaction id=a tx.type=sale currency=CNY merchant.id=M card=c amount=500.00
expect authorisation=decline rule=T04-large
"""


def write(author, draft, name, content):
    reply = author.ask("PUT", f"/desk/policy/drafts/{draft['id']}/files", {"version": draft["version"], "name": name, "content": content})
    return reply.json()


def in_force(person):
    return person.ask("GET", "/desk/policy").json()["in_force"]


def a_rule_goes_its_way(judge, author, approver, acquirer):
    """From a draft whose test fails to a decision by the new rule."""
    judge.check("half a thousand passes at first", acquirer.ask(50_000) == "allow")
    room = author.ask("GET", "/desk/policy").json()
    judge.check("the folder of the first start is version 1", room["in_force"]["number"] == 1, room["in_force"])
    begun = author.ask("POST", "/desk/policy/drafts", {"title": "lower the line"})
    judge.status("a draft", begun, 201)
    draft = write(author, begun.json(), "scenarios/large.scenario", SCENARIO)
    at = f"/desk/policy/drafts/{draft['id']}"
    failing = author.ask("POST", f"{at}/test")
    judge.check("its test fails", failing.status == 200 and failing.json()["failed"] == 1, failing.body)
    judge.check("and says where", b"large.scenario:3" in failing.body, failing.body)
    refused = author.ask("POST", f"{at}/propose", {"version": draft["version"], "reason": "see the test"})
    judge.check("a failing draft needs a reason why", refused.status == 409 and b"in spite" in refused.body, refused.body)
    broken = write(author, draft, "policy.yaml", POLICY.replace("amount >=", "amont >="))
    faults = author.ask("GET", f"{at}/check").json()
    judge.check("a fault has its place", not faults["usable"] and faults["faults"][0]["line"] == 7, faults)
    draft = write(author, broken, "policy.yaml", POLICY.replace("100000", "50000"))
    judge.check("mended", author.ask("GET", f"{at}/check").json()["usable"])
    told = author.ask("GET", f"{at}/diff").json()
    judge.check("the difference in words", any("50000" in line for line in told["lines"]), told)
    judge.check("its test holds", author.ask("POST", f"{at}/test").json()["failed"] == 0)
    asked = author.ask("POST", f"{at}/propose", {"version": draft["version"], "reason": "losses between 500 and 1,000"})
    if not judge.status("proposed", asked, 202):
        return draft
    proposal = asked.json()["proposal"]
    approve = {"hash": proposal["hash"], "reason": "agreed"}
    judge.status("not by its author", author.ask("POST", f"/desk/proposals/{proposal['id']}/approve", approve), 403)
    approver.keep(approver.ask("POST", "/desk/session/step-up", {"totp": approver.digits()}))
    judge.status("not before it is approved", approver.ask("POST", f"{at}/publish"), 409)
    other = {**approve, "hash": "0" * 64}
    judge.status("not another change", approver.ask("POST", f"/desk/proposals/{proposal['id']}/approve", other), 409)
    judge.status("approved", approver.ask("POST", f"/desk/proposals/{proposal['id']}/approve", approve), 204)
    judge.status("published", approver.ask("POST", f"{at}/publish"), 200)
    judge.check("it comes into force", eventually(lambda: in_force(author)["number"] == 2 and in_force(author)["effective"]))
    judge.check("and decides", acquirer.ask(50_000) == "decline")
    hits = eventually(lambda: author.ask("GET", "/desk/policy/rules/T04-large").json()["hits_7_days"]["live"])
    judge.check("its hits are counted", hits == 1, hits)
    return draft


def an_edit_voids_the_approval(judge, author, approver):
    draft = author.ask("POST", "/desk/policy/drafts", {"title": "everything"}).json()
    at = f"/desk/policy/drafts/{draft['id']}"
    judge.check("tested", author.ask("POST", f"{at}/test").json()["failed"] == 0)
    asked = author.ask("POST", f"{at}/propose", {"version": draft["version"], "reason": "as it is"})
    if not judge.status("proposed", asked, 202):
        return
    proposal = asked.json()["proposal"]
    approved = approver.ask("POST", f"/desk/proposals/{proposal['id']}/approve", {"hash": proposal["hash"], "reason": ""})
    judge.status("approved", approved, 204)
    draft = author.ask("GET", at).json()
    write(author, draft, "policy.yaml", POLICY.replace("100000", "1"))
    judge.status("what was edited since is not published", approver.ask("POST", f"{at}/publish"), 409)


def the_folder_changes_nothing(judge, data, folder, desk, acquirer, author):
    """Neither SIGHUP nor a start with another folder swaps the policy past the desk."""
    with open(os.path.join(folder, "policy.yaml"), "w") as file:
        file.write(POLICY.replace("100000", "1"))
    desk.process.send_signal(signal.SIGHUP)
    judge.check("SIGHUP is answered with a warning", eventually(lambda: "policy_folder_ignored" in desk.log_end()))
    judge.check("and changes nothing", acquirer.ask(40_000) == "allow")
    desk.kill()
    again = DeskWithPeople(data, folder)
    acquirer.meet(again)
    judge.check("after a crash the published policy decides", acquirer.ask(50_000) == "decline")
    judge.check("and the folder's does not", acquirer.ask(40_000) == "allow")
    author.port = again.people_port
    judge.check("the room says so", in_force(author)["number"] == 2, in_force(author))
    return again


def past_the_desk(judge, data, folder, desk, acquirer, author):
    """A start without the database takes the folder's policy; the next one with it puts the approved one back."""
    desk.stop()
    bare = Desk(data, folder).wait_until_serving()
    acquirer.meet(bare)
    judge.check("without a database the folder counts", acquirer.ask(40_000) == "decline")
    bare.stop()
    again = DeskWithPeople(data, folder)
    acquirer.meet(again)
    judge.check("the approved policy comes back", eventually(lambda: acquirer.ask(40_000) == "allow"))
    author.port = again.people_port
    return again


def an_older_version_comes_back(judge, owner, approver, desk, acquirer):
    for person in (owner, approver):
        person.port = desk.people_port
        person.keep(person.ask("POST", "/desk/session/step-up", {"totp": person.digits()}))
    put_back = owner.ask("GET", "/desk/audit?kind=policy.put_back").json()["items"]
    judge.check("what put the approved policy back is in the audit", len(put_back) == 1, put_back)
    asked = approver.ask("POST", "/desk/policy/roll-back", {"to": 1, "reason": "too many complaints"})
    if not judge.status("a roll-back waits for another person", asked, 202):
        return
    proposal = asked.json()["proposal"]
    again = {"proposal": proposal["id"]}
    judge.status("and does nothing before", approver.ask("POST", "/desk/policy/roll-back", again), 409)
    approve = {"hash": proposal["hash"], "reason": ""}
    judge.status("approved", owner.ask("POST", f"/desk/proposals/{proposal['id']}/approve", approve), 204)
    judge.status("carried out", approver.ask("POST", "/desk/policy/roll-back", again), 200)
    judge.check("the older version decides", eventually(lambda: acquirer.ask(60_000) == "allow"))
    judge.status("once", approver.ask("POST", "/desk/policy/roll-back", again), 409)


def walk(world):
    judge, acquirer = world.judge, world.acquirer
    author = world.arrives("author", "policy_author")
    approver = world.arrives("approver", "policy_approver")
    a_rule_goes_its_way(judge, author, approver, acquirer)
    an_edit_voids_the_approval(judge, author, approver)
    world.desk = the_folder_changes_nothing(judge, world.data, world.folder, world.desk, acquirer, author)
    world.desk = past_the_desk(judge, world.data, world.folder, world.desk, acquirer, author)
    an_older_version_comes_back(judge, world.owner, approver, world.desk, acquirer)


if __name__ == "__main__":
    sys.exit(run(__doc__, POLICY, walk))
