"""Requests that are broken below the level of JSON: heads, lengths, codings, methods, paths, pipelines, cuts.

Used by api_fuzz.py. Each is bytes for a connection of its own and the statuses that may come back, in order; an
empty tuple means that the connection may also just end.
"""

from collections import namedtuple

from http_wire import request

# `answers`: for each request on the wire the statuses allowed; `cut`: end the sending side after the bytes.
Attack = namedtuple("Attack", "what data answers cut")
HEAD = b"POST /v1/decisions HTTP/1.1\r\nHost: x\r\n"
JSON = b"Content-Type: application/json\r\n"
REFUSED = {400, 401, 404, 405, 408, 413, 414, 415, 417, 431, 501, 505}


def fixed_attacks(key):
    auth = b"Authorization: Bearer " + key.encode() + b"\r\n"
    post = HEAD + auth + JSON
    ask = b"GET /health/live HTTP/1.1\r\nHost: x\r\n"
    yield Attack("no request at all", b"\r\n\r\n", (REFUSED,), True)
    yield Attack("half a head", HEAD + b"Cont", (), True)
    yield Attack("half a body", post + b'Content-Length: 100\r\n\r\n{"id":', (), True)
    yield Attack("no version", b"GET /health/live\r\n\r\n", ({400, 505},), True)
    yield Attack("HTTP/2.0", b"GET /health/live HTTP/2.0\r\nHost: x\r\n\r\n", ({400, 505},), True)
    yield Attack("HTTP/1.7", b"GET /health/live HTTP/1.7\r\nHost: x\r\n\r\n", ({200, 400, 505},), True)
    yield Attack("HTTP/1.0", b"GET /health/live HTTP/1.0\r\n\r\n", ({200},), True)
    hello = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x99" * 300
    yield Attack("TLS at a plain door", hello, (REFUSED,), True)
    yield Attack("no Host", b"GET /health/live HTTP/1.1\r\n\r\n", ({400},), True)
    yield Attack("two Hosts", ask + b"Host: y\r\n\r\n", ({400},), True)
    yield Attack("line feeds only", b"GET /health/live HTTP/1.1\nHost: x\n\n", ({200, 400},), True)
    yield Attack("blank before colon", ask + b"A : b\r\n\r\n", ({400},), True)
    yield Attack("folded header", ask + b"A: b\r\n c\r\n\r\n", ({200, 400},), True)
    yield Attack("zero byte in a header", ask + b"A: b\x00c\r\n\r\n", ({400},), True)
    yield Attack("65 headers", ask + b"".join(b"H%d: 1\r\n" % i for i in range(65)) + b"\r\n", ({431},), True)
    yield Attack("head of 17 KiB", ask + b"A: " + b"b" * 17000 + b"\r\n\r\n", ({400, 431},), True)
    yield Attack("endless head", ask + b"A: " + b"b" * 300000, ({400, 431},), True)
    yield Attack("long target", b"GET /" + b"a" * 5000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", ({414},), True)
    yield Attack("no length", post + b"\r\n", (REFUSED,), True)
    yield Attack("negative length", post + b"Content-Length: -1\r\n\r\n", ({400},), True)
    yield Attack("length with a sign", post + b"Content-Length: +2\r\n\r\n{}", ({400},), True)
    yield Attack("huge length", post + b"Content-Length: 99999999999999999999\r\n\r\n{}", ({400, 413},), True)
    yield Attack("large length", post + b"Content-Length: 1048576\r\n\r\n{}", ({413},), True)
    yield Attack("two lengths", post + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x", ({400},), True)
    both = b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    yield Attack("length and chunks", post + both, ({400},), True)
    chunked = post + b"Transfer-Encoding: chunked\r\n\r\n"
    yield Attack("chunks", chunked + b'2\r\n{}\r\n0\r\n\r\n', ({400},), True)
    yield Attack("chunk with extension", chunked + b'2;a=b\r\n{}\r\n0\r\n\r\n', ({400},), True)
    yield Attack("chunk size no number", chunked + b"zz\r\n{}\r\n0\r\n\r\n", ({400},), True)
    yield Attack("chunk size overflow", chunked + b"ffffffffffffffffff\r\n{}\r\n", ({400, 413},), True)
    too_large = chunked + b"ffff\r\n" + b"x" * 65535 + b"\r\nff\r\n" + b"x" * 255
    yield Attack("chunks too large", too_large, ({413},), True)
    yield Attack("endless chunk line", chunked + b"1;" + b"a" * 100000, ({400, 413, 431},), True)
    yield Attack("unknown coding", post + b"Transfer-Encoding: gzip\r\n\r\n{}", ({400, 501},), True)
    twice = b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"
    yield Attack("chunked twice", post + twice, ({400, 501},), True)
    yield Attack("expectation", post + b"Expect: 200-maybe\r\nContent-Length: 2\r\n\r\n{}", ({417},), True)
    yield Attack("100-continue", post + b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", ({400},), True)
    yield Attack("key twice", ask[:-9] + auth + auth + b"Host: x\r\n\r\n", ({200, 400},), True)
    yield Attack("star", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", ({400, 404, 405, 501},), True)
    yield Attack("tunnel", b"CONNECT a:80 HTTP/1.1\r\nHost: x\r\n\r\n", ({400, 404, 405, 501},), True)
    yield Attack("absolute form", b"GET http://x/health/live HTTP/1.1\r\nHost: x\r\n\r\n", ({200, 400},), True)
    yield Attack("upgrade", ask + b"Connection: Upgrade\r\nUpgrade: h2c\r\n\r\n", ({200},), True)
    yield Attack("made-up method", b"BREW /v1/decisions HTTP/1.1\r\nHost: x\r\n\r\n", ({405, 501},), True)
    yield Attack("small method", b"get /health/live HTTP/1.1\r\nHost: x\r\n\r\n", ({400, 405, 501},), True)
    paths = ("//", "/v1", "/v1/decisions/", "/v1/../metrics", "/%2e%2e/etc", "/health/live/", "/HEALTH/live")
    for path in paths:
        yield Attack(f"path {path}", request("GET", path), ({400, 401, 404},), True)


def methods(contract, key):
    """Every method on every path: what the contract lists, or a refusal."""
    known = {(method, path) for method, path, _ in contract.operations}
    for path in {path for _, path, _ in contract.operations}:
        for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
            target = path.replace("{decision_id}", "dec_0000000000000001")
            if (method, path) in known:
                continue
            allowed = {405, 501} | ({200, 404} if method == "HEAD" and ("GET", path) in known else set())
            yield Attack(f"{method} {path}", request(method, target, key), (allowed,), True)


def pipeline(random, wellformed):
    """Right requests one behind the other, with a broken one at the end: each is answered, in order."""
    chosen = [random.choice(wellformed) for _ in range(random.randint(2, 60))]
    data = b"".join(one for one, _ in chosen)
    answers = tuple(status for _, status in chosen)
    if random.random() < 0.5:
        return Attack("pipeline, then garbage", data + b"garbage\r\n\r\n", answers + ({400, 501, 505},), True)
    return Attack("pipeline", data, answers, random.random() < 0.5)
