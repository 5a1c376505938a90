"""SIP and SDP, read and written."""

from __future__ import annotations

import hashlib

import pytest

from voice.caller import sdp, sip
from voice.caller.dialog import Dialog, again_signed
from voice.engine.g711 import ALAW, ULAW

OK = (
    b"SIP/2.0 200 OK\r\n"
    b"Via: SIP/2.0/UDP 127.0.0.1:5070;rport=5070;branch=z9hG4bKabc\r\n"
    b"v: SIP/2.0/UDP 127.0.0.2;branch=z9hG4bKdef\r\n"
    b'f: "Office; 1" <sip:100@127.0.0.1>;tag=us\r\n'
    b"t: <sip:1000@127.0.0.1>;tag=them\r\n"
    b"i: call-1\r\n"
    b"CSeq: 7 INVITE\r\n"
    b"m: <sip:127.0.0.1:5060;transport=udp>\r\n"
    b"Subject: two\r\n  lines\r\n"
    b"l: 4\r\n\r\nbody"
)


def test_a_response_is_read_whatever_the_form_of_its_headers() -> None:
    message = sip.parse(OK)
    assert (message.status, message.reason, message.method, message.cseq) == (200, "OK", "INVITE", 7)
    assert [sip.parameter(via, "branch") for via in message.all("VIA")] == ["z9hG4bKabc", "z9hG4bKdef"]
    assert sip.parameter(message.get("From"), "tag") == "us"
    assert sip.user(message.get("from")) == "100"
    assert sip.address(message.get("contact")) == "sip:127.0.0.1:5060;transport=udp"
    assert message.get("subject") == "two lines"
    assert message.body == "body"


@pytest.mark.parametrize(
    "junk", [b"", b"\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n", b"\x00\xff" * 50]
)
def test_what_is_no_sip_is_not_taken_for_it(junk: bytes) -> None:
    with pytest.raises(sip.NotSip):
        sip.parse(junk)


def test_a_message_survives_its_way_over_the_wire() -> None:
    dialog = Dialog("<sip:a@h>;tag=1", "<sip:b@h>", "sip:b@h", "sip:a@h:1", "h:1", routes=["<sip:p;lr>"])
    request = dialog.request("INVITE", "v=0\r\nтекст")
    again = sip.parse(request.encode())
    assert again.method == "INVITE"
    assert again.body == request.body
    assert again.get("route") == "<sip:p;lr>"
    assert int(again.get("content-length")) == len(request.body.encode())


def test_the_requests_of_a_dialog_are_numbered_and_its_answer_sets_the_way_back() -> None:
    dialog = Dialog("<sip:a@h>;tag=1", "<sip:b@h>", "sip:b@h", "sip:a@h:1", "h:1")
    assert [dialog.request("INVITE").cseq, dialog.request("BYE").cseq] == [1, 2]
    assert dialog.request("ACK", cseq=1).cseq == 1
    response = sip.parse(OK)
    response.headers += [("Record-Route", "<sip:near;lr>"), ("Record-Route", "<sip:far;lr>")]
    dialog.answered(response)
    assert dialog.target == "sip:127.0.0.1:5060;transport=udp"
    assert dialog.routes == ["<sip:far;lr>", "<sip:near;lr>"]
    assert sip.parameter(dialog.remote, "tag") == "them"


def test_a_cancel_is_the_invite_again_by_another_name() -> None:
    dialog = Dialog("<sip:a@h>;tag=1", "<sip:b@h>", "sip:b@h", "sip:a@h:1", "h:1")
    invite = dialog.request("INVITE")
    cancel = dialog.cancel(invite)
    assert cancel.get("via") == invite.get("via")
    assert (cancel.cseq, cancel.method) == (invite.cseq, "CANCEL")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_a_challenge_is_answered_as_the_standard_computes_it(algorithm: str) -> None:
    challenge = f'Digest realm="asterisk", nonce="n1", opaque="o", algorithm={algorithm}, qop="auth"'
    answer = sip.authorization(challenge, "INVITE", "sip:1000@h", "100", "password")
    given = {name: quoted or bare for name, quoted, bare in sip.PARAMETER.findall(answer)}
    digest = hashlib.md5 if algorithm == "MD5" else hashlib.sha256

    def hashed(text: str) -> str:
        return digest(text.encode()).hexdigest()

    secret, request = hashed("100:asterisk:password"), hashed("INVITE:sip:1000@h")
    assert given["response"] == hashed(f"{secret}:n1:00000001:{given['cnonce']}:auth:{request}")
    assert given["opaque"] == "o"


def test_of_several_challenges_the_one_that_can_be_answered_is() -> None:
    message = sip.parse(OK)
    message.headers += [
        ("WWW-Authenticate", 'Digest realm="a", nonce="n", algorithm=SHA-512-256'),
        ("WWW-Authenticate", 'Digest realm="a", nonce="n", algorithm=MD5'),
    ]
    header, challenge = sip.usable_challenge(message)
    assert header == "Authorization"
    assert "MD5" in challenge


def test_a_signed_request_is_a_new_one() -> None:
    request = Dialog("<sip:a@h>;tag=1", "<sip:b@h>", "sip:b@h", "sip:a@h:1", "h:1").request("INVITE", "sdp")
    again = again_signed(request, ("Authorization", "Digest x"), 2)
    assert sip.parameter(again.get("via"), "branch") != sip.parameter(request.get("via"), "branch")
    assert (again.cseq, again.body, again.get("authorization")) == (2, "sdp", "Digest x")


def test_a_description_is_read_as_it_was_written() -> None:
    own = sdp.Description("127.0.0.1", 4000, (ULAW, ALAW), 96, "sendonly")
    assert sdp.parse(sdp.write(own)) == own


def test_of_an_offer_with_more_than_we_know_the_known_is_taken() -> None:
    offer = (
        "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"
        "m=audio 5004 RTP/AVP 9 0 8 100\r\nc=IN IP4 10.0.0.2\r\na=rtpmap:100 telephone-event/8000\r\n"
        "m=video 6000 RTP/AVP 34\r\nc=IN IP4 10.0.0.3\r\n"
    )
    found = sdp.parse(offer)
    assert found == sdp.Description("10.0.0.2", 5004, (ULAW, ALAW), 100)
    assert sdp.parse("v=0\r\n") is None
