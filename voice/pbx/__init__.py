"""An Asterisk of one's own: fetched without root, configured for loopback, started and ended as a child process."""

from voice.pbx.errors import AsteriskFailed as AsteriskFailed
from voice.pbx.errors import AsteriskUnavailable as AsteriskUnavailable
from voice.pbx.fetch import fetch as fetch
from voice.pbx.instance import LocalAsterisk as LocalAsterisk
from voice.pbx.settings import PbxSettings as PbxSettings
from voice.pbx.settings import Phone as Phone
from voice.pbx.tree import AsteriskTree as AsteriskTree
