"""The exchange with Bitrix24: how the last runs went, and starting one."""

from __future__ import annotations

from typing import Any

from celery.exceptions import OperationalError as BrokerDown
from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from houses import jobs
from houses.api.base import ApiView, account, checked, require
from houses.api.docs import Aged, endpoint
from houses.api.house_json import age_json, moment
from houses.freshness import freshness
from houses.models import SyncRun
from vasdom.errors import Conflict

TAG = "Синхронизация"
LAST_RUNS = 10


class SyncRunSchema(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(SyncRun.Kind.choices)
    state = serializers.ChoiceField(SyncRun.State.choices)
    state_title = serializers.CharField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    step = serializers.CharField()
    progress_done = serializers.IntegerField()
    progress_total = serializers.IntegerField(allow_null=True)
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    archived = serializers.IntegerField()
    restored = serializers.IntegerField()
    requests = serializers.IntegerField()
    errors = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class SyncStatusSchema(Aged):
    message = serializers.CharField(help_text="«данные на 12:03; Bitrix24 не отвечает»")
    running = serializers.BooleanField()
    runs = SyncRunSchema(many=True, help_text="Последние десять, новые первыми")


class SyncBody(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(
        [(SyncRun.Kind.DELTA, "Изменения"), (SyncRun.Kind.FULL, "Полная")], required=False, default=SyncRun.Kind.DELTA
    )


class SyncQueuedSchema(serializers.Serializer[Any]):
    success = serializers.BooleanField()
    message = serializers.CharField()


def run_json(run: SyncRun) -> dict[str, Any]:
    return {
        "id": run.pk,
        "kind": run.kind,
        "state": run.state,
        "state_title": run.get_state_display(),
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
        "step": run.step,
        "progress_done": run.progress_done,
        "progress_total": run.progress_total,
        "created": run.created,
        "updated": run.updated,
        "unchanged": run.unchanged,
        "archived": run.archived,
        "restored": run.restored,
        "requests": run.requests,
        "errors": [str(error) for error in run.errors],
    }


class SyncStatusView(ApiView):
    @endpoint("Как прошла синхронизация", SyncStatusSchema, tag=TAG, operation_id="sync_status")
    def get(self, request: Request) -> Response:
        require(request.user.has_perm("houses.view_syncrun"))
        runs = [run_json(run) for run in SyncRun.objects.order_by("-started_at", "-pk")[:LAST_RUNS]]
        fresh = freshness()
        running = bool(runs) and runs[0]["state"] == SyncRun.State.RUNNING
        return Response({"message": fresh.sentence, "running": running, "runs": runs, **age_json(fresh)})


class SyncView(ApiView):
    @endpoint(
        "Синхронизировать сейчас",
        SyncQueuedSchema,
        tag=TAG,
        description="Ставит синхронизацию в очередь; как идёт — /api/sync/status.",
        status=202,
        body=SyncBody,
        errors=(409,),
        operation_id="sync_start",
    )
    def post(self, request: Request) -> Response:
        require(request.user.has_perm("houses.sync_now"))
        kind = checked(SyncBody, request)["kind"]
        if not settings.BITRIX24_WEBHOOK_URL:
            raise Conflict("Bitrix24 не подключён: BITRIX24_WEBHOOK_URL не задан.", code="bitrix_not_configured")
        person = account(request)
        job = jobs.sync_full if kind == SyncRun.Kind.FULL else jobs.sync_delta
        try:
            job.apply_async(kwargs={"requested_by_id": person.pk if person else None}, retry=False)
        except BrokerDown as exc:
            raise Conflict("Очередь заданий не отвечает: синхронизация не запущена.", code="queue_down") from exc
        return Response({"success": True, "message": "Синхронизация поставлена в очередь"}, status=202)
