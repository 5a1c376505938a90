"""The few requests of ARI that we make, and what their failures mean."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import aiohttp
from aiohttp import web_exceptions

from voice.transports.asterisk.client import AriClient
from voice.transports.errors import CallGone, LineError, LineRefused

log = logging.getLogger(__name__)

UNREACHABLE = (aiohttp.ClientError, OSError, TimeoutError)
PASSWORD_REFUSED = "Asterisk не принял имя или пароль ARI: проверьте ARI_USER и ARI_PASSWORD."


class Ari:
    """Requests by name. Every one raises CallGone where the channel or bridge is not there (any more), and LineError
    where Asterisk refused or does not answer. The requests that end something take a 404 for success.
    """

    def __init__(self, client: AriClient, app: str) -> None:
        self._client = client
        self.app = app

    # --- what there is

    async def info(self) -> dict[str, Any]:
        found: dict[str, Any] = await self._do("asterisk", "getInfo")
        return found

    async def has_module(self, name: str) -> bool:
        try:
            module = await self._do("asterisk", "getModule", moduleName=name)
        except CallGone:
            return False
        return bool(module.get("status") == "Running")

    async def channels(self) -> list[dict[str, Any]]:
        return [channel.json for channel in await self._do("channels", "list")]

    async def bridges(self) -> list[dict[str, Any]]:
        return [bridge.json for bridge in await self._do("bridges", "list")]

    async def channels_of_app(self) -> list[str]:
        application = await self._do("applications", "get", applicationName=self.app)
        return list(application["channel_ids"])

    # --- channels

    async def answer(self, channel: str) -> None:
        await self._do("channels", "answer", channelId=channel)

    async def hang_up(self, channel: str) -> None:
        await self._end("channels", "hangup", channelId=channel)

    async def set_variable(self, channel: str, name: str, value: str) -> None:
        await self._do("channels", "setChannelVar", channelId=channel, variable=name, value=value)

    async def go_on(self, channel: str) -> None:
        """On with the dialplan, behind `Stasis()`."""
        await self._end("channels", "continueInDialplan", channelId=channel)

    async def external_media(self, channel: str, **parameters: str) -> dict[str, Any]:
        """The channel is not in Stasis yet when this returns: its StasisStart tells."""
        made = await self._do("channels", "externalMedia", channelId=channel, app=self.app, **parameters)
        return dict(made.json)

    async def dial(self, channel: str, endpoint: str, caller_id: str, seconds: int, originator: str) -> None:
        """Returns while it rings. In Stasis once answered."""
        await self._do(
            "channels",
            "originateWithId",
            channelId=channel,
            endpoint=endpoint,
            app=self.app,
            callerId=caller_id,
            timeout=seconds,
            originator=originator,
        )

    # --- bridges

    async def create_bridge(self, bridge: str) -> None:
        await self._do("bridges", "createWithId", bridgeId=bridge, type="mixing")

    async def add(self, bridge: str, channels: Sequence[str]) -> None:
        """Take them from where they are into the bridge."""
        await self._do("bridges", "addChannel", bridgeId=bridge, channel=",".join(channels))

    async def destroy_bridge(self, bridge: str) -> None:
        await self._end("bridges", "destroy", bridgeId=bridge)

    # --- failures

    async def _end(self, resource: str, operation: str, **parameters: Any) -> None:
        try:
            await self._do(resource, operation, **parameters)
        except CallGone:
            log.debug("%s: nothing there any more", operation)

    async def _do(self, resource: str, operation: str, **parameters: Any) -> Any:
        try:
            return await getattr(self._client.get_repo(resource), operation)(**parameters)
        except web_exceptions.HTTPNotFound as exc:
            raise CallGone() from exc
        except web_exceptions.HTTPUnauthorized as exc:
            raise LineRefused(PASSWORD_REFUSED) from exc
        except web_exceptions.HTTPException as exc:
            # 409 and 422 come for a channel that leaves at this very moment, and for what is refused.
            log.warning("ARI %s: %d %.100s", operation, exc.status, " ".join((exc.text or "").split()))
            raise LineError("Asterisk отказал в запросе.") from exc
        except UNREACHABLE as exc:
            raise LineError("Asterisk не отвечает.") from exc
