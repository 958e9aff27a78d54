#!/ usr / bin / env python3
"""World files that nobody has seen, drawn from the published schema alone: each is described, told with its files,
told again from what it wrote down, decided by the plain rules, and scored. Then broken ones: each refused by its place.

Usage: world_draws.py [--program PATH] [--seed N] [--worlds N] [--keep FOLDER]. Called by script/stages/49-worlds, and by
hand with the seed that a failure printed. It knows nothing of a parameter but its schema, and never writes a large world.
"""

import argparse
import csv
import datetime
import json
import os
import random
import tempfile

from desk_process import ROOT, DeskFailure, add_program_option, count, run_program

RULES = os.path.join(ROOT, "policies/reference/plain-rules")
#What keeps a drawn world small : the most that is drawn, whatever the schema allows.
MOST = {"merchants": 20, "people_per_merchant": 25, "demand_milli": 40_000, "volume_permille": 1_200, "days": 6, "agents": 60,
        "rate": 60_000, "look_alikes": 12, "swipes": 25, "cards": 120, "refund_ppm": 200_000}
FIRST, LAST = datetime.date(2025, 1, 1), datetime.date(2027, 12, 31)


class Draws:
    """Values of the schema: often at a bound, often the default, else anywhere between."""

    def __init__(self, schema, seed):
        self.schema = schema
        self.random = random.Random(seed)

    def number(self, name, rule):
        least, most = rule["minimum"], min(rule["maximum"], max(rule["minimum"], MOST.get(name, rule["maximum"])))
        at = self.random.random()
        if at < 0.25:
            return least
        if at < 0.5:
            return most
        if at < 0.75:
            return self.random.randint(least, most)
#Small numbers as often as large ones.
        return min(most, least + int((most - least + 1) ** self.random.random()) - 1)

    def value(self, name, rule):
        if "anyOf" in rule:
            rule = self.random.choice(rule["anyOf"])
        if rule["type"] == "integer":
            return self.number(name, rule)
        return [self.number(name, rule["items"]) for _ in range(rule["minItems"])]

    def group(self, rule, share):
        out = {}
        for name, each in rule["properties"].items():
            if self.random.random() >= share:
                continue
            if each.get("type") == "object":
                out[name] = self.group(each, self.random.choice((0.1, 0.5, 1.0)))
                continue
            if each.get("type") == "string":  # names and dates are drawn by world()
                if "enum" in each:
                    out[name] = self.random.choice(each["enum"])
                continue
            out[name] = self.value(name, each)
            ranged = "anyOf" in each and len(each["anyOf"]) == 2
            if ranged and isinstance(out[name], list):
                out[name].sort()
        return out

    def kind(self, name, drawn):
        """What the description of the schema asks of a kind beyond what a schema can say."""
        rules = self.schema["properties"]["kinds"]["properties"][name]["properties"]
        whole = {each: drawn.get(each, rules[each]["default"]) for each in rules}
        if "entry_permille" in drawn:
            shares = [self.random.choice((0, 1, 5)) for _ in range(4)]
            shares[self.random.randrange(4)] += 1
            entry = [share * 1000 // sum(shares) for share in shares]
            entry[shares.index(max(shares))] += 1000 - sum(entry)
            drawn["entry_permille"] = entry
        if "weekday_permille" in drawn and sum(drawn["weekday_permille"]) == 0:
            drawn["weekday_permille"][self.random.randrange(7)] = 10_000
        if "open" in drawn:
            opens = drawn["open"] if isinstance(drawn["open"], list) else [drawn["open"]] * 2
            if opens[1] - opens[0] < 60:
                opens = [min(opens[0], 1_680), min(opens[0], 1_680) + 60]
            drawn["open"] = opens
        if whole["single_limit"] < 2 * whole["grain"]:
            drawn["single_limit"] = 2 * whole["grain"]
        if whole["below"] >= whole["grain"]:
            drawn["below"] = whole["grain"] - 1
        return drawn

    def world(self, number):
        """A world file: nothing but its name, some of it, or every parameter."""
        out = self.group(self.schema, (0.0, 0.5, 1.0)[min(number, 2)] if number < 3 else self.random.random())
        out["world"] = f"draw-{number}"
        out.setdefault("population", {})
        for name in ("merchants", "people_per_merchant"):
            out["population"].setdefault(name, MOST[name])
        out["days"] = min(out.get("days", 3), MOST["days"])
        first = FIRST + datetime.timedelta(self.random.choice((0, 364, 1_094, self.random.randrange(1_095))))
        first = min(first, LAST - datetime.timedelta(out["days"] - 1))
        if self.random.random() < 0.8:
            out["first_day"] = first.isoformat()
        for name, kind in out.get("kinds", {}).items():
            self.kind(name, kind)
        self.some_kind_sells(out)
        self.plant(out)
        return out

    def some_kind_sells(self, out):
        kinds = out.get("kinds", {})
        if any(kinds.get(name, {}).get("weight", 1) > 0 and kinds.get(name, {}).get("demand_milli", 1) > 0
               for name in self.schema["properties"]["kinds"]["properties"]):
            return
        kind = kinds[self.random.choice(sorted(kinds))]
        kind.update(weight=1, demand_milli=20_000)

    def plant(self, out):
        """As drawn, all off, one alone, or skill raised in the midst."""
        names = sorted(self.schema["properties"]["typologies"]["properties"])
        how = self.random.choice(("as drawn", "all off", "alone", "raised"))
        planted = out.setdefault("typologies", {})
        alone = self.random.choice(names)
        for name in names if how != "as drawn" else ():
            each = planted.setdefault(name, {})
            if how == "raised":
                each.update(skill=0, later_day=max(1, out["days"] // 2), later_skill=[2, 3])
            elif how == "all off" or name != alone:
                each.update(planted=0, look_alikes=0)
            else:
                each.update(planted=1, rate=MOST["rate"])


def written(value):
    return json.dumps(value)


def must(program, what, *words):
    code, out, error = run_program(program, *words, seconds=300)
    if code != 0:
        raise DeskFailure(f"{what} ended with {code}: {error[-600:]}")
    return out


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file]


def findings_of(folder, told, columns):
    """What the rules say, and what a reader of the truth would say: every merchant of every instance, on its last day."""
    path = os.path.join(folder, "findings.ndjson")
    entries = {entry["id"]: entry for entry in lines_of(os.path.join(told, "entries.ndjson")) if entry["kind"] == "transaction"}
    with open(path, "w", encoding="utf-8") as out, open(columns, encoding="utf-8") as decisions:
        for row in csv.DictReader(decisions):
            for rule in row["rules"].split():
                finding = {"entity": "merchant", "id": row["merchant.id"], "time": entries[row["id"]]["time"]}
                out.write(json.dumps(finding | {"typology": rule[:3], "score": 0.5}) + "\n")
        for instance in lines_of(os.path.join(told, "truth/instances.ndjson")):
            for merchant in instance.get("merchants", []):
                finding = {"entity": "merchant", "id": merchant, "time": instance["last"]}
                out.write(json.dumps(finding | {"typology": instance["code"], "score": 0.9}) + "\n")
    return path, len(entries)


def entries_hold(told):
    """Amounts above nothing; what the truth names comes in the order of its arrival, and stands so in the entries."""
    seen, places = 0, {}
    for entry in lines_of(os.path.join(told, "entries.ndjson")):
        if entry["kind"] != "transaction":
            continue
        places.setdefault(entry["id"], []).append(seen)
        seen += 1
        amount = entry["amount"]["value"] if isinstance(entry["amount"], dict) else entry["amount"]
        if amount <= 0:
            raise DeskFailure(f"{entry['id']} is a sale of {entry['amount']}")
    arrived, last, taken = "", -1, {}
    for act in lines_of(os.path.join(told, "truth/transactions.ndjson")):
        nth = taken.get(act["transaction"], 0)
        taken[act["transaction"]] = nth + 1
        arrival = act["arrival"].rstrip("Z")  # whole seconds and fractions compare as texts without it
        if nth >= len(places.get(act["transaction"], [])):
            raise DeskFailure(f"the truth names {act['transaction']} more often than the entries do")
        place = places[act["transaction"]][nth]
        if arrival < arrived or place < last:
            raise DeskFailure(f"{act['transaction']} arrives out of order")
        arrived, last = arrival, place
    return seen


def runs_and_scores(program, folder, world):
    path, told, again = (os.path.join(folder, name) for name in ("world.yaml", "told", "again"))
    with open(path, "w", encoding="utf-8") as file:
        file.write(written(world))
    if world["world"] not in must(program, "describe", "simulate", path, "--describe"):
        raise DeskFailure("the description does not name the world")
    summary = json.loads(must(program, "simulate", "simulate", path, "--out", told, "--files"))
    transactions = entries_hold(told)
    if transactions != summary["transactions"]:
        raise DeskFailure(f"{transactions} transactions stand in the entries, the summary says {summary['transactions']}")
    repeated = json.loads(must(program, "simulate again", "simulate", os.path.join(told, "world.yaml"), "--out", again))
    for name in ("entries_sha256", "truth_sha256"):
        if summary[name] != repeated[name]:
            raise DeskFailure(f"{name} differs when the world is told from the world.yaml that it wrote")
    columns = os.path.join(folder, "decisions.csv")
    if transactions:
        must(program, "replay", "replay", "--policy", RULES, "--mapping", os.path.join(RULES, "mapping.yaml"), "--sort", "--strict",
             "--quiet", "--out", columns, "--columns", "id,merchant.id,score,rules", os.path.join(told, "entries.ndjson"))
    else:
        with open(columns, "w", encoding="utf-8") as file:
            file.write("id,merchant.id,score,rules\n")
    findings, _ = findings_of(folder, told, columns)
    truth = os.path.join(told, "truth")
    report = json.loads(must(program, "score", "simulate", "--score", truth, findings, "--json"))
    found = report["all"]["patterns"]
    if not 0 <= found["found"] <= found["all"]:
        raise DeskFailure(f"{found['found']} of {found['all']} patterns are found")
    nothing = json.loads(must(program, "score of nothing", "simulate", "--score", truth, os.devnull, "--json"))["all"]["patterns"]
    if nothing["found"] != 0 or nothing["all"] != found["all"]:
        raise DeskFailure(f"without a finding {nothing['found']} of {nothing['all']} patterns are found")
    return transactions, summary["planted"] + summary["look_alikes"], found["all"]


def broken(draws):
    """Texts that break one rule of the schema each, with the line and column of the break."""
    schema = draws.schema["properties"]
    numbers = [(group, name, rule) for group in ("population", "people", "flow", "money", "labels", "files")
               for name, rule in schema[group]["properties"].items() if rule.get("type") == "integer"]
    group, name, rule = draws.random.choice(numbers)
    column = len(name) + 5
    yield f"world: w\n{group}:\n  {name}: {rule['maximum'] + 1}\n", f"3:{column}", name
    yield f"world: w\n{group}:\n  {name}: {rule['minimum'] - 1}\n", f"3:{column}", name
    yield f"world: w\n{group}:\n  {name}: some\n", f"3:{column}", name
    yield f"world: w\n{group}:\n  {name}x: 1\n", "3:3", f"did you mean '{name}'"
    yield f"world: w\n{group}: 5\n", f"2:{len(group) + 3}", group
    yield f"world: w\n{group}: {{}}\n{group}: {{}}\n", "3:1", "twice"
    yield "world: w\nfirst_day: 2027-12-30\ndays: 3\n", "3:7", "2 at most"
    yield "world: w\nfirst_day: 2026-02-30\n", "2:12", "date of the calendar"
    yield "world: w\nfirst_day: 2024-12-31\n", "2:12", "2025-01-01"
    yield "world: w\nfirst_day: 2027-12-31\n", "2:12", "1 at most"
    kind = draws.random.choice(sorted(schema["kinds"]["properties"]))
    head = f"world: w\nkinds:\n  {kind}:\n    weight: 5\n    "
    yield head + "entry_permille: [1, 2, 3, 4]\n", "5:21", "1000"
    yield head + "weekday_permille: [0, 0, 0, 0, 0, 0, 0]\n", "5:23", "demand_milli"
    yield head + "open: [600, 630]\n", "5:11", "an hour"
    yield head + "below: 99999\n", "5:12", "grain"
    yield head + "grain: 100000\n    single_limit: 1000\n", "6:19", "twice 'grain'"
    typology = draws.random.choice(sorted(schema["typologies"]["properties"]))
    yield f"world: w\ntypologies:\n  {typology}:\n    skill: [2, 1]\n", "4:12", "smaller one first"
    yield "world: w\ntypologies:\n  T01: {rate: 1}\n", "3:3", ". Known are: self_swipe"


def are_refused(program, folder, draws):
    path, refused = os.path.join(folder, "broken.yaml"), 0
    for text, place, words in broken(draws):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        code, _, error = run_program(program, "simulate", path, "--describe")
        if code != 1 or f"{path}:{place}: " not in error or words not in error:
            raise DeskFailure(f"{text!r} should be refused at {place} with {words!r}: {code}, {error}")
        refused += 1
    code, _, error = run_program(program, "simulate", path, "--days", "3", "--discard")
    if code != 2 or "--days" not in error:
        raise DeskFailure(f"an option of the demo's cast is taken beside a world file: {code}, {error}")
    return refused


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    add_program_option(parser)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--worlds", type=int, default=6)
    parser.add_argument("--keep", help="a folder for the world files that were drawn")
    options = parser.parse_args()
    print(f"world draws: seed {options.seed}", flush=True)
    schema = must(options.program, "schema", "simulate", "--schema")
    with open(os.path.join(ROOT, "contracts/world.schema.json"), encoding="utf-8") as file:
        if file.read() != schema:
            raise DeskFailure("simulate --schema prints another schema than contracts/world.schema.json")
    totals = [0, 0, 0]
    for number in range(options.worlds):
#Each world from a seed of its own, so that one can be drawn again alone.
        world = Draws(json.loads(schema), f"{options.seed} {number}").world(number)
        if options.keep:
            with open(os.path.join(options.keep, f"{options.seed}-{number}.yaml"), "w", encoding="utf-8") as file:
                file.write(written(world))
        with tempfile.TemporaryDirectory(prefix="tillwatch-draw-") as folder:
            try:
                told = runs_and_scores(options.program, folder, world)
            except DeskFailure as failure:
                raise DeskFailure(f"seed {options.seed}, world {number}: {failure}\n{written(world)}") from None
        totals = [sum(pair) for pair in zip(totals, told)]
    with tempfile.TemporaryDirectory(prefix="tillwatch-draw-") as folder:
        refused = are_refused(options.program, folder, Draws(json.loads(schema), options.seed))
    count(options.worlds + refused, 0)
    print(f"world draws: {options.worlds} worlds, {totals[0]} transactions, {totals[1]} instances, {totals[2]} to be found; "
          f"{refused} broken files refused")


if __name__ == "__main__":
    try:
        main()
    except DeskFailure as failure:
        count(0, 1)
        raise SystemExit(f"world_draws: {failure}") from None
