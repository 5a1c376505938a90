"""A caller of our own, for tests, measurements and an office's check of its line: SIP and RTP on asyncio and numpy.

async with SipCaller("127.0.0.1", 5060, "softphone", "password") as phone, await phone.call("1000") as call:
    greeting = await call.sound(after=call.answered_at)
    spoken = await call.say(load_wav("question.wav"))
    answer = await call.sound(after=spoken.ended)
    call.save_wav("talk.wav")
"""

from voice.caller.audio import load_wav as load_wav
from voice.caller.audio import save_wav as save_wav
from voice.caller.audio import tone as tone
from voice.caller.call import Call as Call
from voice.caller.leg import CallFailed as CallFailed
from voice.caller.measure import LOUD_DBFS as LOUD_DBFS
from voice.caller.measure import Stretch as Stretch
from voice.caller.media import Spoken as Spoken
from voice.caller.phone import SipCaller as SipCaller
