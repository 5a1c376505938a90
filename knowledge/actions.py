"""What happens to documents. Each action is one transaction; the building of the index follows its commit."""

from __future__ import annotations

import logging
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from knowledge.errors import Unreadable
from knowledge.ingest import Limits, extract
from knowledge.ingest.limits import DEFAULT_LIMITS
from knowledge.ingest.reading import kind_of
from knowledge.models import Document, DocumentVersion, KnowledgeBase
from knowledge.passages import cut
from vasdom.errors import Conflict, InvalidInput

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.core.files.base import File

logger = logging.getLogger(__name__)
State = DocumentVersion.State
LONGEST_TITLE, LONGEST_NOTE = 200, 300


def upload(
    base: KnowledgeBase,
    file: File[bytes],
    *,
    author: User | None,
    author_name: str = "",
    document: Document | None = None,
    title: str = "",
    note: str = "",
    confirm: bool = False,
) -> DocumentVersion:
    """Take a file in, read it, and leave it waiting for a person (or confirm it at once).

    The file is stored before it is read: a process that dies over it leaves a version that is read later.

    Args:
        document: whose new version it is; None = a new document, named `title` or after the file.

    Raises:
        Unreadable: the kind or the size is not taken. A file that is taken and cannot be read is no error here: its
            version is in the state «ошибка», with the reason.
    """
    name = checked_name(file)
    with transaction.atomic():
        if document is None:
            document = Document.objects.create(base=base, title=title.strip()[:LONGEST_TITLE] or named(name))
        version = new_version(document, author=author, author_name=author_name, note=note)
        version.file_name, version.file_size, version.confirm_at_once = name, file.size, confirm
        version.file.save(name, file, save=False)
        version.save()
    return parse(version)


def checked_name(file: File[bytes]) -> str:
    """The file's own name without folders.

    Raises:
        Unreadable: its kind or its size is not taken.
    """
    name = PurePosixPath((file.name or "").replace("\\", "/")).name.replace("\x00", "")[-255:]
    kind_of(name)
    if (file.size or 0) > DEFAULT_LIMITS.file_bytes:
        raise Unreadable(name, f"он больше {DEFAULT_LIMITS.file_bytes // 1024 // 1024} МБ.")
    return name


def parse(version: DocumentVersion, limits: Limits = DEFAULT_LIMITS) -> DocumentVersion:
    """Read an uploaded file, in a process of its own. Of two at once the second finds the work done."""
    with version.file.open("rb") as file:
        content = file.read()
    try:
        extracted = extract(version.file_name, content, limits)
        if not cut(extracted.text, version.document.base.cut):
            raise Unreadable(version.file_name, "в нём нет текста, только заголовки.")
    except Unreadable as exc:
        return settle(version, State.ERROR, error=exc.message[:500])
    return settle(version, State.WAITING, text=extracted.text, pages=extracted.pages, remarks=list(extracted.remarks))


def settle(version: DocumentVersion, state: State, *, text: str = "", **values: object) -> DocumentVersion:
    """Note what came of the reading, unless another process has."""
    with transaction.atomic():
        row = (
            DocumentVersion.objects.select_for_update(of=("self",)).select_related("document__base").get(pk=version.pk)
        )
        if row.state != State.UPLOADED:
            return row
        for name, value in values.items():
            setattr(row, name, value)
        if text:
            row.set_text(text)
        row.state = state
        row.save()
        if state == State.WAITING and row.confirm_at_once:
            return confirm(row, user=row.author)
        if state == State.WAITING:
            think(row)
    return row


def write(
    document: Document, text: str, *, author: User | None, note: str = "", author_name: str = ""
) -> DocumentVersion:
    """A new version with a text that a person wrote or corrected; it waits for confirmation.

    A version that was waiting is replaced: a person has just decided against it.

    Raises:
        InvalidInput: no text.
    """
    text = text.replace("\r\n", "\n").replace("\x00", "")
    if not text.strip():
        raise InvalidInput("Текст пуст.", field="text")
    if len(text) > DEFAULT_LIMITS.text_characters:
        raise InvalidInput(f"Текст длиннее {DEFAULT_LIMITS.text_characters} знаков.", field="text")
    with transaction.atomic():
        lock(document)
        document.versions.filter(state=State.WAITING).update(state=State.REPLACED, decided_at=timezone.now())
        version = new_version(document, author=author, author_name=author_name, note=note)
        version.set_text(text)
        version.state = State.WAITING
        version.save()
        think(version)
    return version


def compose(
    base: KnowledgeBase, title: str, text: str, *, author: User | None, note: str = "", author_name: str = ""
) -> DocumentVersion:
    """A new document with a text that a person wrote; it waits for confirmation.

    Raises:
        InvalidInput: no title, no text.
    """
    title = title.strip()[:LONGEST_TITLE]
    if not title:
        raise InvalidInput("Документу нужно название.", field="title")
    with transaction.atomic():
        document = Document.objects.create(base=base, title=title)
        return write(document, text, author=author, note=note, author_name=author_name)


def extend(document: Document, addition: str, *, author: User | None, note: str = "") -> DocumentVersion:
    """A new version that says what the document says now, and after a border of passages this.

    Raises:
        InvalidInput: there is nothing to add.
    """
    if not addition.strip():
        raise InvalidInput("Текст пуст.", field="text")
    now = document.current.text.rstrip() if document.current else ""
    border = f"\n\n{document.base.separator}\n\n" if now else ""
    return write(document, f"{now}{border}{addition.strip()}\n", author=author, note=note)


def confirm(version: DocumentVersion, *, user: User | None) -> DocumentVersion:
    """Make a version what its document says. The index is built after the commit; until then the old one answers.

    Raises:
        Conflict: the version does not wait for a decision, or a later one has been confirmed.
    """
    with transaction.atomic():
        lock(version.document)
        version.refresh_from_db()
        if version.state in {State.CONFIRMED, State.TRAINED}:
            return version
        if version.state not in {State.WAITING, State.REJECTED}:
            raise Conflict(f"Версию нельзя подтвердить: {version.get_state_display().lower()}.")
        document = Document.objects.select_related("current").get(pk=version.document_id)
        if document.current and document.current.number > version.number:
            raise Conflict("Уже подтверждена более новая версия. Эту можно восстановить как новую.")
        decide(version, State.CONFIRMED, user)
        document.versions.filter(state=State.WAITING, number__lt=version.number).update(state=State.REPLACED)
        document.current = version
        document.removed_at = None
        document.save(update_fields=["current", "removed_at"])
        ring(document.base)
    return version


def reject(version: DocumentVersion, *, user: User | None, reason: str = "") -> DocumentVersion:
    """Decide against a waiting version; the document goes on saying what it said.

    Raises:
        Conflict: the version does not wait for a decision.
    """
    with transaction.atomic():
        lock(version.document)
        version.refresh_from_db()
        if version.state == State.REJECTED:
            return version
        if version.state != State.WAITING:
            raise Conflict(f"Версию нельзя отклонить: {version.get_state_display().lower()}.")
        version.error = reason.strip()[:500]
        decide(version, State.REJECTED, user)
    return version


def restore(version: DocumentVersion, *, user: User | None) -> DocumentVersion:
    """Say again what an earlier version said, as a new version, confirmed at once.

    Raises:
        Conflict: the version has no text, or it is what the document says now.
    """
    if not version.text_hash:
        raise Conflict("В этой версии нет текста.")
    document = Document.objects.get(pk=version.document_id)
    if document.current_id == version.pk and document.removed_at is None:
        raise Conflict("Эта версия и так действует.")
    with transaction.atomic():
        again = write(document, version.text, author=user, note=f"Восстановлена версия {version.number}")
        return confirm(again, user=user)


def remove(document: Document, *, user: User | None) -> None:
    """Take a document out of the answers. It and its versions are kept, and `restore` brings it back."""
    with transaction.atomic():
        lock(document)
        Document.objects.filter(pk=document.pk, removed_at=None).update(removed_at=timezone.now())
        document.versions.filter(state=State.WAITING).update(
            state=State.REJECTED, error="Документ убран.", decided_at=timezone.now(), decided_by=user
        )
        ring(document.base)


def main_document(base: KnowledgeBase) -> Document:
    """The document that a key holder's upload replaces; made on the first one. A sample becomes the company's own."""
    title = f"Основной документ: {base.title}"[:LONGEST_TITLE]
    document, _ = Document.objects.get_or_create(base=base, is_main=True, defaults={"title": title})
    if document.is_demo:
        document.title, document.is_demo = title, False
        document.save(update_fields=["title", "is_demo"])
    return document


def text_of_base(base: KnowledgeBase) -> str:
    """All that a base says: its documents joined by its separator."""
    documents = Document.objects.kept().filter(base=base, current__isnull=False).select_related("current")
    border = f"\n{base.separator}\n"
    return border.join(document.current.text.strip("\n") for document in documents if document.current)


# --- steps of the actions


def lock(document: Document) -> None:
    """One at a time per document: numbers of versions and decisions follow one another."""
    Document.objects.select_for_update().get(pk=document.pk)


def new_version(document: Document, *, author: User | None, author_name: str, note: str) -> DocumentVersion:
    """An unsaved version with the next number; inside a transaction."""
    lock(document)
    last = document.versions.aggregate(last=Max("number"))["last"] or 0
    name = author_name or (author.get_full_name() or author.get_username() if author else "")
    return DocumentVersion(
        document=document, number=last + 1, author=author, author_name=name[:150], note=note.strip()[:LONGEST_NOTE]
    )


def decide(version: DocumentVersion, state: State, user: User | None) -> None:
    version.state, version.decided_at, version.decided_by = state, timezone.now(), user
    version.save(update_fields=["state", "decided_at", "decided_by", "error"])


def ring(base: KnowledgeBase) -> None:
    """Ask a worker to build, once the transaction stands. The row is the truth: a lost ring is made good in minutes."""

    def ask() -> None:
        from knowledge import jobs

        try:
            jobs.rebuild_embeddings.apply_async(kwargs={"base": base.slug}, retry=False)
        except BrokerDown:
            logger.warning("The queue does not answer: the index of %s will be built by the next period", base.slug)

    transaction.on_commit(ask)


def think(version: DocumentVersion) -> None:
    """Ask a worker for questions about a text, once the transaction stands. Nothing waits for them."""

    def ask() -> None:
        from knowledge import exam, jobs

        if not exam.has_model():
            return
        try:
            jobs.think_of_questions.apply_async(kwargs={"version": version.pk}, retry=False)
        except BrokerDown:
            logger.warning("The queue does not answer: version %d stays without questions", version.pk)

    transaction.on_commit(ask)


def named(file_name: str) -> str:
    """«Прайс 2026» for «Прайс_2026.pdf»."""
    return PurePosixPath(file_name).stem.replace("_", " ").strip()[:LONGEST_TITLE] or "Документ"
