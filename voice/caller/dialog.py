"""What the two ends of a call know of each other's addresses, and the requests inside it (RFC 3261, chapter 12)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from voice.caller import sip


@dataclass(slots=True)
class Dialog:
    """One call's addresses.

    Attributes:
        local, remote: as they stand in From and To of our requests, with their tags once known.
        target: where requests go to: the other's Contact.
        contact, via: our own address, in the two shapes that requests need.
        routes: proxies on the way, ours first.
    """

    local: str
    remote: str
    target: str
    contact: str
    via: str
    call_id: str = field(default_factory=lambda: secrets.token_hex(12))
    cseq: int = 0
    routes: list[str] = field(default_factory=list)

    def request(
        self, method: str, body: str = "", *, cseq: int | None = None, extra: sip.Headers | None = None
    ) -> sip.Message:
        """The next request; `cseq` where it belongs to an earlier one (ACK)."""
        if cseq is None:
            self.cseq += 1
            cseq = self.cseq
        headers: sip.Headers = [
            ("Via", f"SIP/2.0/UDP {self.via};rport;branch={sip.new_branch()}"),
            ("Max-Forwards", "70"),
            *(("Route", route) for route in self.routes),
            ("From", self.local),
            ("To", self.remote),
            ("Call-ID", self.call_id),
            ("CSeq", f"{cseq} {method}"),
            ("Contact", f"<{self.contact}>"),
            ("Allow", "INVITE, ACK, CANCEL, BYE, UPDATE, INFO, OPTIONS"),
            ("User-Agent", sip.USER_AGENT),
            *(extra or []),
        ]
        return sip.Message(f"{method} {self.target} SIP/2.0", headers, body)

    def cancel(self, invite: sip.Message) -> sip.Message:
        """Of an INVITE that is not answered yet."""
        wanted = ("via", "max-forwards", "route", "from", "to", "call-id")
        headers = [(name, value) for name, value in invite.headers if name.lower() in wanted]
        return sip.Message(
            f"CANCEL {invite.start.split(' ')[1]} SIP/2.0", [*headers, ("CSeq", f"{invite.cseq} CANCEL")]
        )

    def answered(self, response: sip.Message) -> None:
        """Our INVITE was answered: take the other's tag, address and proxies."""
        self.remote = response.get("to")
        if contact := response.get("contact"):
            self.target = sip.address(contact)
        self.routes = list(reversed(response.all("record-route")))


def again_signed(request: sip.Message, header: tuple[str, str], cseq: int) -> sip.Message:
    """The same request with our answer to its challenge."""
    replaced = {"authorization", "proxy-authorization"}
    headers: sip.Headers = []
    for name, value in request.headers:
        if name.lower() == "via":
            value = f"{value.split(';branch=')[0]};branch={sip.new_branch()}"
        elif name.lower() == "cseq":
            value = f"{cseq} {request.method}"
        if name.lower() not in replaced:
            headers.append((name, value))
    return sip.Message(request.start, [*headers, header], request.body)
