"""All of it or nothing, in one transaction; what is here already is left as it is."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import transaction

from calls.actions import close_call, open_call, record_turn
from calls.models import Call
from knowledge import actions as knowledge_actions
from knowledge.models import Document, KnowledgeBase
from knowledge.passages import cut
from vasdom.errors import VasdomError
from voice import actions
from voice.models import AssistantRevision
from voice.originals.files import BrokenOriginal, prompts_of, text_of
from voice.originals.log import OldCall, calls_of

AUTHOR = "Перенос"


@dataclass(frozen=True, slots=True)
class Originals:
    """Where they lie. `bases` are pairs of a base's slug and a file, older files of one base first."""

    prompts: Path | None = None
    bases: Sequence[tuple[str, Path]] = ()
    log: Path | None = None
    activate: bool = False


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of it. `revision` is the number with these prompts, new or not; None where none were given."""

    revision: int | None
    is_new_revision: bool
    is_active: bool
    versions: tuple[str, ...]
    known_files: tuple[str, ...]
    calls: int
    turns: int
    known_calls: int


def bring_over(originals: Originals) -> Brought:
    """Make a revision, versions of the bases' main documents, and calls out of the original's files.

    Every file is read and judged before anything is written. A second run with the same files adds nothing.

    Raises:
        BrokenOriginal: a file cannot be taken; nothing was.
        Conflict: the revision is to be activated and its provider has no key; nothing was taken.
    """
    fields = prompts_of(originals.prompts) if originals.prompts else None
    texts = [(find_base(slug, path), path, checked_text(slug, path)) for slug, path in originals.bases]
    calls = calls_of(originals.log) if originals.log else []
    with transaction.atomic():
        revision, is_new = bring_prompts(originals.prompts, fields) if originals.prompts and fields else (None, False)
        if revision is not None and originals.activate:
            revision = actions.activate_revision(revision.pk, user=None)
        added = [(base, path) for base, path, text in texts if bring_text(base, path, text)]
        new = [call for call in calls if bring_call(call)]
    return Brought(
        revision=revision.number if revision else None,
        is_new_revision=is_new,
        is_active=bool(revision and revision.active),
        versions=tuple(f"{base.slug}: {path.name}" for base, path in added),
        known_files=tuple(path.name for base, path, _ in texts if (base, path) not in added),
        calls=len(new),
        turns=sum(len(call.turns) for call in new),
        known_calls=len(calls) - len(new),
    )


def find_base(slug: str, path: Path) -> KnowledgeBase:
    base = KnowledgeBase.objects.filter(slug=slug).first()
    if base is None:
        raise BrokenOriginal(path, f"базы знаний с кодом {slug} нет.")
    return base


def checked_text(slug: str, path: Path) -> str:
    """The text, in which there is something to be found."""
    text = text_of(path)
    if not cut(text, find_base(slug, path).cut):
        raise BrokenOriginal(path, "в нём нет текста, только заголовки.")
    return text


def bring_prompts(path: Path, fields: dict[str, str]) -> tuple[AssistantRevision, bool]:
    """The revision with these prompts, and whether it was made now."""
    assistant = actions.active_revision().assistant
    known = AssistantRevision.objects.select_related("assistant").filter(assistant=assistant, **fields).first()
    if known is not None:
        return known, False
    try:
        made = actions.save_revision(fields, author=None, note=f"Перенесено из {path.name}")
    except VasdomError as exc:
        raise BrokenOriginal(path, exc.message) from exc
    return made, True


def bring_text(base: KnowledgeBase, path: Path, text: str) -> bool:
    """A version of the base's main document, confirmed; False when it has said this before."""
    digest = hashlib.sha256(text.encode()).hexdigest()
    if Document.objects.filter(base=base, is_main=True, versions__text_hash=digest).exists():
        return False
    document = knowledge_actions.main_document(base)
    note = f"Перенесено из {path.name}"
    version = knowledge_actions.write(document, text, author=None, author_name=AUTHOR, note=note)
    knowledge_actions.confirm(version, user=None)
    return True


def bring_call(old: OldCall) -> bool:
    """The call and its turns; False when it is in the log already."""
    if Call.objects.filter(pk=old.id).exists():
        return False
    open_call(Call.Channel.PHONE, old.caller, None, call_id=old.id, started_at=old.started_at)
    for turn in old.turns:
        record_turn(old.id, turn)
    close_call(old.id, old.status, ended_at=old.ended_at)
    return True
