"""Is the server there, and does it take the key?"""

from __future__ import annotations

from providers.openai.config import Account, ChatConfig, EmbeddingsConfig
from providers.openai.errors import translated

TIMEOUT_SECONDS = 6.0


def ask_models(config: Account | ChatConfig | EmbeddingsConfig) -> None:
    """Ask for the list of models: free of charge, and refused with a wrong key.

    Raises:
        ProviderError: why it does not work.
    """
    import openai

    account = config if isinstance(config, Account) else config.account
    client = openai.OpenAI(api_key=account.api_key, base_url=account.base_url, timeout=TIMEOUT_SECONDS, max_retries=0)
    with client, translated():
        client.models.list().data  # noqa: B018 -- an answer that is no list of models has none
