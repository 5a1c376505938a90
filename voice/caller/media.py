"""The sound of one call: an RTP socket, what is said on the 20 ms clock, what is heard with its moments of arrival."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
import struct
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from voice.caller import measure, rtp
from voice.caller.digits import Dialler, DigitListener
from voice.caller.room import Room
from voice.caller.sdp import EVENT_PAYLOAD, LAWS, Description
from voice.caller.ticker import ticker
from voice.caller.track import Track
from voice.engine import g711
from voice.engine.g711 import ALAW, Law, Pcm

# Linux stamps a datagram as it arrives: a busy process does not make the other side look late. (socket(7); Python has
# no name for it; the stamp is two 64-bit numbers of seconds and nanoseconds.)
SO_TIMESTAMPNS = 35
STAMP = struct.Struct("@qq")
MOST_LOST = 1_000
"""A larger step of the numbers is a new stream, not a loss."""
SILENCE = {kind: bytes([law.silence]) * rtp.FRAME_SAMPLES for kind, law in LAWS.items()}


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something that was said.

    Attributes:
        began, ended: when its first voiced sample left, and when its last one had. Moments of the loop's clock.
        complete: False when the call ended in the middle of it, or it was broken off.
    """

    began: float
    ended: float
    complete: bool = True


@dataclass(slots=True)
class _Utterance:
    frames: list[bytes]
    voiced: tuple[int, int]
    not_before: float
    done: asyncio.Future[Spoken]
    sent: int = 0
    first_left: float = 0.0

    def spoken(self, last_left: float, *, complete: bool) -> Spoken:
        """`last_left`: when its latest frame left."""
        first, end = self.voiced
        began = self.first_left + first / 8000
        if complete:
            # Seen from the end: a clock that stood still in the middle must not make the end look earlier.
            return Spoken(began, last_left + rtp.FRAME_SECONDS - (len(self.frames) * rtp.FRAME_SAMPLES - end) / 8000)
        return Spoken(began, last_left + rtp.FRAME_SECONDS, complete=False)


class Media:
    """Both directions of a call's sound.

    Attributes:
        heard, said: the record. Of what is said, silence is not recorded.
        digits: what was dialled at us, in events or in messages.
        lost: packets that never came, by their numbers.
        latest_ms: the worst lateness of our own clock; above 20 it is the measuring machine that is overloaded.
        on_frame, on_digit: called when something came.
        room: what else the other side hears of this caller: noise, its own echo.
        sends_silence: False = a telephone that sends nothing while nobody speaks.
    """

    def __init__(self, host: str, *, keep_audio: bool = True) -> None:
        self.heard = Track(keep_audio=keep_audio)
        self.said = Track(keep_audio=keep_audio)
        self.digits: list[str] = []
        self.lost = 0
        self.latest_ms = 0.0
        self.room = Room()
        self.sends_silence = True
        self.on_frame: Callable[[], None] = lambda: None
        self.on_digit: Callable[[], None] = lambda: None
        self._law = ALAW
        self._keep_audio = keep_audio
        self._socket = _bound(host)
        self._remote: tuple[str, int] | None = None
        self._may_send = True
        self._events: int | None = None
        self._queue: deque[_Utterance] = deque()
        self._dialler = Dialler()
        self._dialled_at = 0
        self._digit_listener = DigitListener()
        self._sequence = secrets.randbelow(1 << 16)
        self._timestamp = secrets.randbelow(1 << 31)
        self._ssrc = secrets.randbelow(1 << 32)
        self._marker = rtp.MARKER
        self._last_sequence: int | None = None
        self._sending = False
        self._ticked = 0.0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._readable)

    @property
    def port(self) -> int:
        return int(self._socket.getsockname()[1])

    @property
    def law(self) -> Law:
        return self._law

    def aim(self, other: Description) -> None:
        """Where to send to, and how, from now on: what the other side's description says."""
        self._remote = (other.host, other.port) if other.port else None
        self._may_send = other.listens
        self._events = other.events
        if other.laws and other.laws[0] is not self._law and not len(self.heard) and not len(self.said):
            self._law = other.laws[0]
            self.heard = Track(self._law, keep_audio=self._keep_audio)
            self.said = Track(self._law, keep_audio=self._keep_audio)

    def start_sending(self) -> None:
        if not self._sending:
            self._sending = True
            ticker().add(self._tick)

    def close(self) -> None:
        """Stop; what was being said is broken off."""
        if self._socket.fileno() < 0:
            return
        if self._sending:
            ticker().remove(self._tick)
        self.break_off()
        self._dialler.close()
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    # --- saying

    def say(self, pcm: Pcm | bytes, not_before: float = 0.0) -> asyncio.Future[Spoken]:
        """Put speech at the end of what is to be said; the future is done when its last sample has left."""
        samples = np.frombuffer(pcm, "<i2") if isinstance(pcm, bytes) else np.asarray(pcm, np.int16)
        codes = g711.encode(samples, self._law)
        frames = [codes[at : at + rtp.FRAME_SAMPLES] for at in range(0, len(codes), rtp.FRAME_SAMPLES)]
        if frames:
            frames[-1] = frames[-1].ljust(rtp.FRAME_SAMPLES, bytes([self._law.silence]))
        done: asyncio.Future[Spoken] = self._loop.create_future()
        if frames and self._socket.fileno() >= 0:
            self._queue.append(_Utterance(frames, measure.voiced_bounds(samples), not_before, done))
        else:
            now = time.monotonic()
            done.set_result(Spoken(now, now, complete=not frames))
        return done

    def break_off(self) -> None:
        """Say no more of what is being said and waits to be."""
        now = time.monotonic()
        for utterance in self._queue:
            if not utterance.done.done():
                utterance.done.set_result(utterance.spoken(self.said.last if utterance.sent else now, complete=False))
        self._queue.clear()

    def dial(self, digits: str, seconds: float) -> asyncio.Future[None]:
        """Digits as events, each so long; done when the last has been sent."""
        if self._socket.fileno() < 0:
            digits = ""
        return self._dialler.dial(digits, seconds)

    # --- the clock

    def _tick(self, due: float) -> None:
        now = time.monotonic()
        # Ticks that were skipped after a standstill count by the time since the last one.
        late = max(now - due, now - self._ticked - rtp.FRAME_SECONDS if self._ticked else 0.0)
        self.latest_ms = max(self.latest_ms, late * 1000)
        self._ticked = now
        if not self._sent_digit():
            self._send_sound(now)
        self._timestamp = (self._timestamp + rtp.FRAME_SAMPLES) & 0xFFFFFFFF

    def _sent_digit(self) -> bool:
        step = self._dialler.step()
        if step is None or not step.payload:
            return False
        if step.first:
            self._dialled_at = self._timestamp
        for _ in range(step.repeats):
            self._send(self._events_type | (rtp.MARKER if step.first else 0), self._dialled_at, step.payload)
        return True

    @property
    def _events_type(self) -> int:
        return EVENT_PAYLOAD if self._events is None else self._events

    def _send_sound(self, now: float) -> None:
        frame = self.room.mixed(self._next_frame(now), self.heard, now, self._law)
        if frame is not None:
            self.said.add(now, frame)
        elif self.sends_silence:
            frame = SILENCE[self._law.payload_type]
        if frame is not None:
            self._send(self._law.payload_type | self._marker, self._timestamp, frame)
            self._marker = 0

    def _next_frame(self, now: float) -> bytes | None:
        if not self._queue or self._queue[0].not_before > now:
            return None
        utterance = self._queue[0]
        if not utterance.sent:
            utterance.first_left = now
        frame = utterance.frames[utterance.sent]
        utterance.sent += 1
        if utterance.sent == len(utterance.frames):
            self._queue.popleft()
            if not utterance.done.done():
                utterance.done.set_result(utterance.spoken(now, complete=True))
        return frame

    def _send(self, kind: int, timestamp: int, payload: bytes) -> None:
        if self._remote is None or not self._may_send:
            return
        header = rtp.HEADER.pack(rtp.VERSION, kind, self._sequence, timestamp, self._ssrc)
        self._sequence = (self._sequence + 1) & 0xFFFF
        with contextlib.suppress(OSError):  # nobody listens there yet or any more, or the buffer is full: it is UDP
            self._socket.sendto(header + payload, self._remote)

    # --- hearing

    def _readable(self) -> None:
        """One packet; while more of them wait the loop calls again at once."""
        try:
            data, ancillary, _, _ = self._socket.recvmsg(2048, 64)
        except OSError:
            return
        self._received(data, ancillary)

    def _received(self, data: bytes, ancillary: list[tuple[int, int, bytes]]) -> None:
        packet = rtp.parse(data)
        if packet is None:
            return
        self._count(packet.sequence)
        if packet.payload_type == self._law.payload_type:
            self._heard(packet, _arrival(ancillary))
        elif packet.payload_type == self._events_type and (digit := self._digit_listener.heard(packet)):
            self.digits.append(digit)
            self.on_digit()

    def _count(self, sequence: int) -> None:
        if self._last_sequence is not None:
            step = (sequence - self._last_sequence) & 0xFFFF
            if 1 < step < MOST_LOST:
                self.lost += step - 1
        self._last_sequence = sequence

    def _heard(self, packet: rtp.Packet, moment: float) -> None:
        for number, at in enumerate(range(0, len(packet.payload), rtp.FRAME_SAMPLES)):
            frame = packet.payload[at : at + rtp.FRAME_SAMPLES]
            self.heard.add(moment + number * rtp.FRAME_SECONDS, frame)
        self.on_frame()


def _arrival(ancillary: list[tuple[int, int, bytes]]) -> float:
    """The kernel's stamp of a datagram, on the loop's clock."""
    now = time.monotonic()
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS and len(data) == STAMP.size:
            seconds, nanoseconds = STAMP.unpack(data)
            late: float = time.time() - (seconds + nanoseconds / 1e9)
            return now - max(0.0, late)
    return now


def _bound(host: str) -> socket.socket:
    """A free even port, as RTP wants it."""
    for _ in range(50):
        found = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        found.setblocking(False)
        found.bind((host, 0))
        if found.getsockname()[1] % 2 == 0:
            with contextlib.suppress(OSError):
                found.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
            return found
        found.close()
    raise OSError("no free even port")
