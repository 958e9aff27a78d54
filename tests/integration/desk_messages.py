#!/usr/bin/env python3
"""What leaves a real server for real receivers: signed webhooks over HTTPS and HTTP, tries, a crash between alert and
delivery, redirects and near addresses refused, endless answers cut off; mail over SMTP with STARTTLS, one for a flood.

Called by script/stages/48-desk and by hand: tests/integration/desk_messages.py --program build/dev/apps/tillwatch.
"""

import argparse
import email
import email.policy
import json
import os
import subprocess
import sys

from desk_people import WORLD, DeskWithPeople, Judge, eventually
from desk_person import Person
from desk_process import DataFolder, DeskFailure, add_program_option, count, default_policy, run_program
from receivers import mail_receiver, make_certificates, verified, webhook_receiver


class MessengerDesk(DeskWithPeople):
    def __init__(self, data, authority, near=True):
        self.options = ["--messages-ca", authority] + (["--near-receivers"] if near else [])
        super().__init__(data, default_policy(), self.options)


class Office:
    """The owner, and what every test here asks of him."""

    def __init__(self, judge, desk):
        self.judge = judge
        self.person = Person(desk.people_port)
        self.person.arrive(desk.token, sign_in="chen", shown_name="陈", language="zh")

    def ask(self, method, path, body=None, wanted=200):
        reply = self.person.ask(method, path, body)
        self.judge.status(f"{method} {path}", reply, wanted)
        return reply.json() if reply.body else None

    def moved_to(self, desk):
        self.person.port = desk.people_port

    def webhook(self, url):
        return self.ask("POST", "/desk/webhooks", {"name": "crm", "url": url}, 201)

    def try_out(self, webhook):
        """Sends a test message; what its log says in the end."""
        sent = self.ask("POST", f"/desk/webhooks/{webhook['id']}/test", None, 202)["delivery"]

        def settled():
            log = self.ask("GET", f"/desk/webhooks/{webhook['id']}/deliveries")["items"]
            return next((one for one in log if one["id"] == sent and one["state"] != "waiting"), None)

        return eventually(settled)


def traffic(data, desk, key):
    words = ["simulate", *WORLD, "--live", f"http://127.0.0.1:{desk.port}", "--api-key-file", key, "--once"]
    code, _, error = run_program(data.program, *words)
    if code not in (0, 3):
        raise DeskFailure(f"simulate ended with {code}: {error[-800:]}")


def tests_reach_their_receiver(judge, office, plain, secure):
    over_tls = office.webhook(f"https://localhost:{secure.port}/hook?x=1")
    told = office.try_out(over_tls)
    judge.check("a test over TLS arrives", told and told["state"] == "delivered", told)
    path, fields, body = secure.came[-1]
    judge.check("where it was meant to", path == "/hook?x=1", path)
    judge.check("it is signed", verified(over_tls["secret"], fields, body), fields)
    judge.check("its type is test", json.loads(body)["type"] == "test", body)
    judge.check("altered, it is not", not verified(over_tls["secret"], fields, body + b" "))
    new = office.ask("POST", f"/desk/webhooks/{over_tls['id']}/rotate", {})["secret"]
    office.try_out(over_tls)
    _, fields, body = secure.came[-1]
    both = [verified(secret, fields, body) for secret in (new, over_tls["secret"])]
    judge.check("after a rotation both secrets sign", both == [True, True] and new != over_tls["secret"], both)
    office.ask("DELETE", f"/desk/webhooks/{over_tls['id']}", None, 204)

    by_number = office.webhook(f"https://127.0.0.1:{secure.port}/")
    told = office.try_out(by_number)
    judge.check("another's certificate is refused", "certificate" in told["tries"][0]["trouble"], told)
    office.ask("DELETE", f"/desk/webhooks/{by_number['id']}", None, 204)

    hook = office.webhook(f"http://127.0.0.1:{plain.port}/")
    seen = len(plain.came)
    plain.status, plain.fields = 302, {"Location": f"http://127.0.0.1:{plain.port}/elsewhere"}
    told = office.try_out(hook)
    judge.check("a redirect is told", "redirect" in told["tries"][0]["trouble"], told)
    judge.check("and not followed", [one[0] for one in plain.came[seen:]] == ["/"], plain.came[seen:])
    plain.status, plain.fields, plain.endless = 200, {}, True
    told = office.try_out(hook)
    judge.check("an endless answer is cut off", told["state"] == "delivered", told)
    plain.endless = False
    office.ask("DELETE", f"/desk/webhooks/{hook['id']}", None, 204)


def no_near_address_is_reached(judge, office, plain):
    """By names and odd forms that lead to this machine: refused, and nobody connects."""
    seen = len(plain.came)
    for host in ("localhost", "127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "10.0.0.1", "169.254.169.254"):
        hook = office.webhook(f"https://{host}:{plain.port}/")
        told = office.try_out(hook)
        one = told["tries"][0]
        judge.check(f"{host} is refused", one["status"] == 0 and one["trouble"].endswith("refused"), told)
        office.ask("DELETE", f"/desk/webhooks/{hook['id']}", None, 204)
    for url in (f"http://localhost:{plain.port}/", "https://2130706433/", "https://u:p@example.com/"):
        office.ask("POST", "/desk/webhooks", {"name": "x", "url": url}, 422)
    judge.check("nobody connected", len(plain.came) == seen, plain.came[seen:])


def set_mail(office, mail, version, security, **more):
    server = {"host": "localhost", "port": mail.port, "security": security, "sender": "desk@example.cn", **more}
    receiver = {"account": office.person.view["account"]["id"], "address": "chen@example.cn", "severity_min": 1, "every_minutes": 60}
    return office.ask("PUT", "/desk/mail", {"version": version, "server": server, "receivers": [receiver]})["version"]


def mail_arrives_once(judge, office, mail):
    told = eventually(lambda: mail.came and mail.came[-1])
    if not judge.check("mail arrives", told):
        return
    judge.check("over TLS", told["tls"], told)
    judge.check("with the log-in", told.get("log_in") == [b"desk", b"a secret word"], told)
    judge.check("to one person", told["RCPT"] == "RCPT TO:<chen@example.cn>", told["RCPT"])
    judge.check("the machine's name stays here", told["hello"] == "EHLO example.cn", told["hello"])
    message = email.message_from_bytes(told["content"], policy=email.policy.default)
    judge.check("subject in Chinese", "新告警" in message["Subject"], message["Subject"])
    text = message.get_content()
    judge.check("a list of alerts", "T" in text and "登录" in text, text)
    judge.check("one mail for all of them", len(mail.came) == 1, len(mail.came))
    settings = office.ask("GET", "/desk/mail")
    judge.check("the password is not shown", "a secret word" not in json.dumps(settings) and settings["server"]["has_password"], settings)


def run(judge, data, key, stops):
    folder = os.path.join(data.path, "certificates")
    os.mkdir(folder)
    authority, certificate, private = make_certificates(folder)
    plain, secure = webhook_receiver(), webhook_receiver(certificate, private)
    mail, bare_mail = mail_receiver(certificate, private), mail_receiver()
    stops += [plain, secure, mail, bare_mail]

    desk = MessengerDesk(data, authority)
    stops.append(desk)
    office = Office(judge, desk)
    tests_reach_their_receiver(judge, office, plain, secure)

    # A server that offers no TLS gets nothing where TLS is wanted.
    version = set_mail(office, bare_mail, 0, "start_tls")
    plain.status = 503  # the receiver is away while the alerts come
    hook = office.webhook(f"http://127.0.0.1:{plain.port}/")
    traffic(data, desk, key)
    alerts = eventually(lambda: office.ask("GET", "/desk/alerts?limit=200")["items"])
    judge.check("alerts come", alerts)
    failed = eventually(lambda: any(one["tries"] for one in office.ask("GET", f"/desk/webhooks/{hook['id']}/deliveries")["items"]))
    judge.check("a try is written down", failed)
    listed = office.ask("GET", "/desk/webhooks")["items"][0]
    judge.check("the list says that it fails", listed["failures"] > 0 and listed["failing_since"], listed)
    judge.check("no mail without TLS", not bare_mail.came, bare_mail.came)
    desk.kill()  # between alerts and their delivery

    plain.status = 200
    desk = MessengerDesk(data, authority)
    stops.append(desk)
    office.moved_to(desk)
    wanted = {one["id"] for one in office.ask("GET", "/desk/alerts?limit=200")["items"]}

    def all_told():
        signed = [body for _, fields, body in list(plain.came) if verified(hook["secret"], fields, body)]
        return wanted <= {json.loads(body)["data"].get("alert") for body in signed}

    # Whoever has failed may wait five minutes: turning it on says that it is mended.
    listed = office.ask("GET", "/desk/webhooks")["items"][0]
    office.ask("PATCH", f"/desk/webhooks/{hook['id']}", {"version": listed["version"], "state": "on"})
    judge.check("every alert is delivered after the crash", eventually(all_told), f"{len(wanted)} alerts, {len(plain.came)} came")
    ids = {}
    for _, fields, body in plain.came:
        ids.setdefault(fields["webhook-id"], set()).add(body)
    judge.check("an id always means the same body", all(len(bodies) == 1 for bodies in ids.values()))

    set_mail(office, mail, version, "start_tls", sign_in="desk", password="a secret word")
    office.ask("GET", "/desk/mail")
    mail_arrives_once(judge, office, mail)
    desk.stop()

    desk = MessengerDesk(data, authority, near=False)
    stops.append(desk)
    office.moved_to(desk)
    no_near_address_is_reached(judge, office, plain)
    desk.stop()
    with open(desk.log_path, "rb") as file:
        log = file.read()
    judge.check("no secret in the log", b"whsec_" not in log and b"a secret word" not in log)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    add_program_option(parser)
    options = parser.parse_args()
    print("desk messages")
    judge, stops = Judge(), []
    data = DataFolder(options.program)
    try:
        key = os.path.join(data.path, "key")
        with open(os.open(key, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
            file.write(data.api_key("sim", "decide,events,read"))
        run(judge, data, key, stops)
    except (DeskFailure, AssertionError, OSError, subprocess.SubprocessError) as failure:
        print(f"  broken: {type(failure).__name__}: {failure}")
        judge.failed += 1
    finally:
        for one in stops:
            if hasattr(one, "process"):
                if one.alive():
                    one.kill()
            else:
                one.close()
    print(f"  {judge.passed} checks held, {judge.failed} did not")
    count(judge.passed, judge.failed)
    if judge.failed:
        print(f"desk messages: broken; data directory {data.path}")
        return 1
    data.delete()
    return 0


if __name__ == "__main__":
    sys.exit(main())
