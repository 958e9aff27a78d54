"""Seeded events of a small lively world: few cards and merchants, so that windows and rules have much to do.

Used by the kill loop and the measure of hostile clients. The same seed gives the same events, but for the
times, which are near now because the server keeps only those.
"""

import time

CARDS = 24
MERCHANTS = 6
AMOUNTS = (100, 500, 9900, 20000, 50000, 99900, 100000, 199900, 500000, 1990000)
MCCS = ("5411", "5812", "5541", "7011", "5944", "5999")


def merchant_facts(number):
    """The registry's word about a merchant and its terminal."""
    yield {
        "id": f"registry-merchant-{number}",
        "kind": "registry_command",
        "registry": {
            "entity": "merchant",
            "id": f"M{number}",
            "action": "set",
            "fields": {"status": "active", "single_limit": 2000000, "declared_daily": 5000000},
        },
    }
    yield {
        "id": f"registry-terminal-{number}",
        "kind": "registry_command",
        "registry": {
            "entity": "terminal",
            "id": f"S{number}",
            "action": "set",
            "fields": {"status": "active", "merchant": f"M{number}"},
        },
    }


def transaction(random, request_id):
    number = random.randrange(MERCHANTS)
    event = {
        "id": request_id,
        "kind": "transaction",
        "amount": random.choice(AMOUNTS),
        "currency": "CNY",
        "card": {"token": f"card-{random.randrange(CARDS)}", "token_namespace": "kill"},
        "merchant": {"id": f"M{number}", "mcc": MCCS[number]},
        "terminal": {"id": f"T{number}", "serial": f"S{number if random.random() < 0.95 else 99}"},
        "tx": {
            "type": "refund" if random.random() < 0.05 else "sale",
            "entry_mode": random.choice(("chip", "contactless", "manual")),
        },
    }
    # No time at all, now, late, and earlier than what came before.
    if random.random() < 0.8:
        event["time"] = int(time.time() * 1000) - random.choice((0, 0, 0, 1, 1000, 60_000, 3_600_000))
    if random.random() < 0.3:
        event["location"] = {
            "latitude_e6": random.randrange(20_000_000, 40_000_000),
            "longitude_e6": random.randrange(100_000_000, 120_000_000),
        }
    if random.random() < 0.1:
        event["shop"] = {"clerk": f"c{random.randrange(9)}", "till": random.randrange(4)}
    return event


def other_event(random, request_id, original_id):
    """An outcome or a label about `original_id`, which may not be known yet (an orphan)."""
    event = {"id": request_id, "tx": {"original_id": original_id}}
    if random.random() < 0.5:
        code = random.choice(("00", "51", "55", "91"))
        event |= {"kind": "outcome", "outcome": {"code": code, "approved": code == "00"}}
    else:
        event |= {"kind": "label", "label": {"type": "chargeback", "fraud": random.random() < 0.7}}
    return event
