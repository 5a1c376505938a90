"""A server on loopback that speaks OpenAI's protocol, for tests, figures, and a person's trial without a key.

    with OpenAITwin(first_token_seconds=0.4) as twin:
        twin.answers.append(Reply("Уборка в четверг."))   # otherwise `brain` answers
        twin.faults.append(Fault("status", status=429, retry_after="1"))
        …  # base_url=twin.url, any key
        twin.requests[-1].body["messages"]

`twin.audio` are its ears and its voice: it reads the marks of `speech_marks` in what is uploaded.

`python -m providers.tests.openai_twin --port 8130` runs it in the foreground.
"""

from providers.tests.openai_twin.replies import Reply, ToolReply
from providers.tests.openai_twin.server import Fault, OpenAITwin, Request

__all__ = ["Fault", "OpenAITwin", "Reply", "Request", "ToolReply"]
