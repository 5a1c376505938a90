"""SIP messages as a caller needs them: read, written, signed. RFC 3261, without a line of it that nobody sends us."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

SHORT_NAMES = {"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "l": "content-length"}
SHORT_NAMES |= {"c": "content-type", "s": "subject", "k": "supported", "e": "content-encoding"}
BRANCH_COOKIE = "z9hG4bK"
USER_AGENT = "VasDom caller"
HASHES = {"md5": hashlib.md5, "sha-256": hashlib.sha256}
PARAMETER = re.compile(r'([\w-]+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')

Headers = list[tuple[str, str]]


class NotSip(ValueError):
    """The datagram is no SIP message."""


@dataclass(slots=True)
class Message:
    """A request or a response. Names of headers are looked up whatever their case or short form."""

    start: str
    headers: Headers = field(default_factory=list)
    body: str = ""

    @property
    def status(self) -> int:
        """The code of a response; 0 for a request."""
        return int(self.start.split(" ", 2)[1]) if self.start.startswith("SIP/2.0 ") else 0

    @property
    def reason(self) -> str:
        return self.start.split(" ", 2)[2] if self.status else ""

    @property
    def method(self) -> str:
        """Of the request itself, or of the one that a response answers."""
        return self.get("cseq").split()[-1] if self.status else self.start.split(" ", 1)[0]

    @property
    def cseq(self) -> int:
        return int(self.get("cseq").split()[0])

    def get(self, name: str) -> str:
        """The first header of this name, or nothing."""
        return next(iter(self.all(name)), "")

    def all(self, name: str) -> list[str]:
        wanted = name.lower()
        return [value for key, value in self.headers if key.lower() == wanted]

    def encode(self) -> bytes:
        """With the length of its body, and its type where there is one."""
        body = self.body.encode()
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers)]
        if body:
            lines.append("Content-Type: application/sdp")
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode() + body


def parse(data: bytes) -> Message:
    """Raises NotSip."""
    head, _, body = data.partition(b"\r\n\r\n")
    start, *lines = re.sub(r"\r\n[ \t]+", " ", head.decode(errors="replace")).split("\r\n")
    if not (re.match(r"SIP/2\.0 \d{3} ", f"{start} ") or re.fullmatch(r"[A-Z]+ \S+ SIP/2\.0", start)):
        raise NotSip(start[:40])
    headers = []
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            name = name.strip()
            headers.append((SHORT_NAMES.get(name.lower(), name), value.strip()))
    message = Message(start, headers, body.decode(errors="replace"))
    if not re.fullmatch(r"\d+ [A-Z]+", message.get("cseq")) or not message.get("call-id"):
        raise NotSip("no CSeq or no Call-ID")
    return message


def response(
    request: Message, status: int, reason: str, *, tag: str = "", extra: Iterable[tuple[str, str]] = ()
) -> Message:
    """The answer to a request; `tag` is put on its To where there is none yet."""
    to = request.get("to")
    if tag and not parameter(to, "tag"):
        to = f"{to};tag={tag}"
    headers: Headers = [("Via", value) for value in request.all("via")]
    headers += [("Record-Route", value) for value in request.all("record-route")]
    headers += [("From", request.get("from")), ("To", to), ("Call-ID", request.get("call-id"))]
    headers += [("CSeq", request.get("cseq")), *extra]
    return Message(f"SIP/2.0 {status} {reason}", headers)


def address(value: str) -> str:
    """The bare address of a From, To, Contact or Route: "sip:1000@127.0.0.1:5060"."""
    found = re.search(r"<([^>]+)>", value)
    return found[1] if found else value.split(";")[0].strip()


def user(value: str) -> str:
    """Whom an address names: "1000"."""
    found = re.match(r"sips?:([^@;>]+)@", address(value))
    return found[1] if found else ""


def parameter(value: str, name: str) -> str:
    """A parameter behind an address: its tag, its branch."""
    found = re.search(rf";\s*{name}=([^;,>\s]+)", value.partition(">")[2] or value)
    return found[1] if found else ""


def new_branch() -> str:
    return BRANCH_COOKIE + secrets.token_hex(8)


def new_tag() -> str:
    return secrets.token_hex(4)


def authorization(challenge: str, method: str, uri: str, user_name: str, password: str) -> str:
    """The answer to a Digest challenge (RFC 7616): the value of Authorization or Proxy-Authorization."""
    asked = {name.lower(): quoted or bare for name, quoted, bare in PARAMETER.findall(challenge)}
    algorithm = asked.get("algorithm", "MD5")
    digest = HASHES.get(algorithm.lower(), hashlib.md5)

    def hashed(*parts: str) -> str:
        return digest(":".join(parts).encode()).hexdigest()

    realm, nonce = asked.get("realm", ""), asked.get("nonce", "")
    secret = hashed(user_name, realm, password)
    request = hashed(method, uri)
    given = {"username": user_name, "realm": realm, "nonce": nonce, "uri": uri}
    bare = {"algorithm": algorithm}
    if "auth" in asked.get("qop", "").split(","):
        given["cnonce"] = secrets.token_hex(8)
        bare |= {"qop": "auth", "nc": "00000001"}
        given["response"] = hashed(secret, nonce, bare["nc"], given["cnonce"], "auth", request)
    else:
        given["response"] = hashed(secret, nonce, request)
    if "opaque" in asked:
        given["opaque"] = asked["opaque"]
    written = [f'{name}="{value}"' for name, value in given.items()] + [
        f"{name}={value}" for name, value in bare.items()
    ]
    return "Digest " + ", ".join(written)


def usable_challenge(message: Message) -> tuple[str, str]:
    """The name of the header to answer with and the first challenge we can answer; two empty strings = none."""
    for asks, answers in (("www-authenticate", "Authorization"), ("proxy-authenticate", "Proxy-Authorization")):
        for challenge in message.all(asks):
            named = re.search(r'algorithm="?([\w-]+)', challenge, re.IGNORECASE)
            if named is None or named[1].lower() in HASHES:
                return answers, challenge
    return "", ""
