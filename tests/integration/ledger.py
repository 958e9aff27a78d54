"""The outside record of the kill loop: what was sent, what was answered, and what must therefore be true.

Lives in the memory of the test, never in the server's data directory, so that nothing the server loses is lost
here too. Used by kill_loop.py from several threads.
"""

import json
import re
import threading
from collections import namedtuple

SHOWN_MAX = 20
NOT_DONE = ("urn:tillwatch:problem:deadline-passed", "urn:tillwatch:problem:unavailable")
Request = namedtuple("Request", "id target body event")
DECODER = json.JSONDecoder()


def decisions_of_page(body):
    """([exact bytes of each decision], next, last_durable) of a page of the feed."""
    text = body.decode("utf-8")
    opening = '{"decisions":['
    if not text.startswith(opening):
        raise ValueError("a page of the feed begins otherwise")
    at, found = len(opening), []
    while text[at] != "]":
        _, end = DECODER.raw_decode(text, at)
        found.append(text[at:end].encode("utf-8"))
        at = end + 1 if text[end] == "," else end
    rest = json.loads(text)
    return found, rest["next"], rest["last_durable"]


def decision_of_line(line):
    """(status, exact bytes of the decision) of one line of a batch's answer."""
    answer = json.loads(line)
    found = re.search(rb'"decision":', line)
    return answer["status"], line[found.end() : -1] if found else None


class Ledger:
    def __init__(self):
        self.lock = threading.Lock()
        self.requests = {}  # id: Request, in the order of first sending
        self.sends_left = {}  # id: how often it is still to be sent
        self.acknowledged = {}  # id: the bytes of its answer
        self.recent = []  # ids acknowledged since the last check
        self.open = {}  # id: sends whose outcome nobody knows
        self.dry = set()  # ids that were only asked about
        self.faults = []
        self.counts = {"sent": 0, "answered": 0, "repeated": 0, "conflicts": 0, "not done": 0, "unknown": 0}

    def fault(self, text):
        with self.lock:
            self.faults.append(text)

    def broken(self):
        return len(self.faults) > 0

    def plan(self, request, times):
        with self.lock:
            self.requests[request.id] = request
            self.sends_left[request.id] = times
            self.open[request.id] = 0

    def next_repeat(self, random):
        """A request that is to be sent (again), or None."""
        with self.lock:
            if not self.sends_left:
                return None
            # The newest are what crashes cut through; the oldest have to be found in sealed segments.
            ids = list(self.sends_left)
            where = -1 - min(int(random.expovariate(0.2)), len(ids) - 1) if random.random() < 0.8 else 0
            return self.requests[ids[where]]

    def sending(self, request_id):
        """Whether the answer is known by now: then this sending is a repeat for certain."""
        with self.lock:
            self.counts["sent"] += 1
            self.open[request_id] += 1
            if request_id in self.sends_left:
                self.sends_left[request_id] -= 1
                if self.sends_left[request_id] <= 0:
                    del self.sends_left[request_id]
            return request_id in self.acknowledged

    def lost(self, count):
        """Sends that got no answer: the server is gone; they stay open."""
        with self.lock:
            self.counts["unknown"] += count

    def answered(self, request_id, known, status, body, repeated):
        """An answer to content that was always the same under this id; `known`: what sending() told."""
        with self.lock:
            self.open[request_id] -= 1
            self.counts["answered"] += 1
            if status == 503 and json.loads(body).get("type") in NOT_DONE:
                self.counts["not done"] += 1
                return
            if status != 200:
                self.faults.append(f"{request_id}: status {status}: {body[:300]!r}")
                return
            earlier = self.acknowledged.get(request_id)
            if earlier is None:
                self.acknowledged[request_id] = body
                self.recent.append(request_id)
                return
            self.counts["repeated"] += 1
            if earlier != body:
                self.faults.append(f"{request_id}: other bytes the second time: {earlier!r} then {body!r}")
            if known and not repeated:
                self.faults.append(f"{request_id}: answered before, and yet decided anew")

    def conflicted(self, request_id, status):
        with self.lock:
            self.counts["conflicts"] += 1
            if status not in (409, 503):
                self.faults.append(f"{request_id}: other content under a known id got {status}, not 409")

    def take_recent(self):
        with self.lock:
            recent, self.recent = self.recent, []
            return recent

    def is_decision(self, request_id):
        return self.requests[request_id].target == "/v1/decisions"

    def check_feed(self, decisions):
        """Holds the whole feed, as exact bytes in order, against what was sent and answered."""
        entries, last = {}, 0
        for text in decisions:
            decision = json.loads(text)
            request_id = decision["request_id"]
            if request_id in entries:
                self.fault(f"{request_id}: two entries, {entries[request_id][1]} and {decision['sequence']}")
            if decision["sequence"] <= last:
                self.fault(f"the feed goes back from {last} to {decision['sequence']}")
            last = decision["sequence"]
            entries[request_id] = (text, decision["sequence"])
        for request_id, answer in self.acknowledged.items():
            if not self.is_decision(request_id):
                continue
            if request_id not in entries:
                self.fault(f"{request_id}: acknowledged, and not in the feed")
            elif entries[request_id][0] != answer:
                self.fault(f"{request_id}: other bytes in the feed")
        for request_id in entries:
            if request_id in self.dry:
                self.fault(f"{request_id}: a dry run was recorded")
            elif request_id not in self.requests:
                self.fault(f"{request_id}: in the feed, and never sent")
            elif request_id not in self.acknowledged and self.open[request_id] == 0:
                self.fault(f"{request_id}: every answer said that nothing was done, and it is in the feed")
        return len(entries)

    def summary(self):
        words = ", ".join(f"{number} {name}" for name, number in self.counts.items())
        return f"{len(self.requests)} requests, {len(self.acknowledged)} acknowledged; sends: {words}"

    def print_faults(self):
        for text in self.faults[:SHOWN_MAX]:
            print(f"  broken: {text[:800]}")
        if len(self.faults) > SHOWN_MAX:
            print(f"  ... and {len(self.faults) - SHOWN_MAX} more")
