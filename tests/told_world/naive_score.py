"""A plain reading of docs/formats/findings.md that shares nothing with the scorer: what was shown, what was right, what was found.

Called by score_test.py. Reads the truth folder and the findings as they were written; never asks the program.
"""

import json
import os
from collections import Counter, defaultdict
from datetime import datetime, timezone

DAY = 86_400_000
OF_AGENTS = ("T49", "T52")  # where a finding about the agent is right


def milliseconds(text):
    time = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return round((time - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds() * 1000)


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


class Case:
    """One planted instance of fraud of which something arrives within the days."""

    def __init__(self, instance, acts, scope):
        self.code = instance["code"]
        inside = [act for act in acts if scope["from"] <= act["arrival"] < scope["to"]]
        frauds = any(act["fraud"] for act in acts)
        self.acts = [act for act in inside if act["fraud"] or not frauds]
        self.shows = bool(self.acts)
        if not self.shows:
            return
        self.since = {}
        first = inside[0]["arrival"]
        for kind, names in (("terminal", instance["terminals"]), ("card", instance["cards"])):
            self.since.update({(kind, name): first for name in names})
        if self.code in OF_AGENTS and "agent" in instance:
            self.since["agent", instance["agent"]] = first
        for act in reversed(inside):
            if act["merchant"] in instance["merchants"]:
                self.since["merchant", act["merchant"]] = act["arrival"]
        self.until = max(instance["ends"], self.acts[-1]["arrival"]) + 30 * DAY

    def right(self, finding):
        since = self.since.get((finding["entity"], finding["id"]))
        return since is not None and since <= finding["time"] <= self.until

    def amount(self, after=0):
        return sum(act["amount"] for act in self.acts
                   if act["fraud"] and act["approved"] and act["arrival"] >= after)


def read_truth(folder):
    scope = lines_of(os.path.join(folder, "scope.json"))[0]
    scope.update({end: milliseconds(scope[end]) for end in ("from", "to")})
    acts, seen = defaultdict(list), set()
    for act in lines_of(os.path.join(folder, "transactions.ndjson")):
        if (act["instance"], act["transaction"]) in seen:
            continue
        seen.add((act["instance"], act["transaction"]))
        act["arrival"] = milliseconds(act["arrival"])
        acts[act["instance"]].append(act)
    instances = lines_of(os.path.join(folder, "instances.ndjson"))
    for instance in instances:
        instance.update({end: milliseconds(instance[end]) for end in ("begins", "ends")})
    cases = [Case(each, acts[each["instance"]], scope) for each in instances if each["fraud"]]
    alike = [each for each in instances if each["role"] == "look_alike" and each["ends"] > scope["from"]
             and each["begins"] < scope["to"]]
    guilty = {name for each, case in zip((i for i in instances if i["fraud"]), cases) if case.shows
              for name in each["merchants"]}
    return scope, [case for case in cases if case.shows], alike, guilty


def shown(findings, scope, budget):
    """The best of each local day, without what was shown in the thirty days before."""
    zone = scope["utc_offset_minutes"] * 60_000
    days, last, out = defaultdict(list), {}, []
    for finding in findings:
        if scope["from"] <= finding["time"] < scope["to"]:
            days[(finding["time"] + zone) // DAY].append(finding)
    for day in sorted(days):
        left = budget
        for finding in sorted(days[day], key=lambda each: (-each["score"], each["time"])):
            key = finding["entity"], finding["id"], finding["typology"]
            if left == 0 or day - last.get(key, -1000) < 30:
                continue
            left -= 1
            last[key] = day
            out.append({**finding, "shown": (day + 1) * DAY - zone})
    return out


def score(truth, findings_path, budget):
    """{code or "all": Counter of the figures}."""
    scope, cases, alike, guilty = read_truth(truth)
    findings = [{**each, "time": milliseconds(each["time"])} for each in lines_of(findings_path)]
    figures, named, alerted = defaultdict(Counter), {}, set()
    for alert in shown(findings, scope, budget):
        right = [case for case in cases if case.right(alert)]
        mine = [case for case in right if case.code == alert["typology"]]
        for case in right:
            case.any = True
        for case in mine:
            named[case] = min(named.get(case, alert["shown"]), alert["shown"])
        for key in (alert["typology"], "all"):
            figures[key].update(alerts=1, alerts_right=bool(mine), alerts_right_any=bool(right), alerts_wrong=not right)
        if right:
            continue
        for each in alike:
            members = {("merchant", name) for name in each["merchants"]}
            members |= {("terminal", name) for name in each["terminals"]} | {("card", name) for name in each["cards"]}
            members |= {("agent", each.get("agent"))} if each["code"] in OF_AGENTS else set()
            if (each["code"] == alert["typology"] and (alert["entity"], alert["id"]) in members
                    and each["begins"] <= alert["time"] <= each["ends"] + 30 * DAY):
                alerted.add((each["code"], each["instance"]))
    for case in cases:
        for key in (case.code, "all"):
            figures[key].update(patterns=1, found=case in named, found_any=getattr(case, "any", False),
                                amount=case.amount(),
                                amount_found=case.amount() if case in named else 0,
                                amount_after=case.amount(named[case]) if case in named else 0)
    for each in alike:
        for key in (each["code"], "all"):
            figures[key].update(look_alikes=1, look_alikes_alerted=(each["code"], each["instance"]) in alerted)
    honest = scope["merchants"] - len(guilty)
    return figures, honest, (scope["to"] - scope["from"]) / DAY
