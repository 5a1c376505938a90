"""A server on loopback that speaks SpeechKit's protocols, for tests, figures, and a person's trial without a key.

    with YandexTwin(vocabulary=vocabulary, recognition_seconds=0.25, synthesis_seconds=0.1) as twin:
        twin.fail("reset", method="synthesize", after=2)
        …  # YANDEX_STT_ENDPOINT = YANDEX_TTS_ENDPOINT = twin.endpoint, twin.http_url, twin.iam_url; any key
        twin.asked("recognize")[-1].heard

It speaks gRPC (`stt.v3` streaming recognition, `tts.v3` streaming synthesis), HTTP v1 synthesis and IAM. Recognition
listens: it reads the marks of `speech_marks` in the audio, and writes a word so long after its last sample came.

`python -m providers.tests.yandex_twin --port 8140 --words words.txt` runs it in the foreground.
"""

from providers.tests.yandex_twin.faults import Fault, Request
from providers.tests.yandex_twin.server import YandexTwin

__all__ = ["Fault", "Request", "YandexTwin"]
