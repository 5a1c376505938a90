"""From a file to an answer: upload, confirmation, versions."""

from __future__ import annotations

import pytest
from auditlog.models import LogEntry

from knowledge import actions, demo, jobs
from knowledge.conflicts import numbers
from knowledge.errors import Unreadable
from knowledge.index import rebuild
from knowledge.models import Document, DocumentVersion, Passage
from knowledge.search import search
from knowledge.tests.factories import a_file, base, docx, make_person, pdf, teach
from knowledge.understanding import difference, understand
from vasdom.errors import Conflict, InvalidInput

pytestmark = pytest.mark.django_db
State = DocumentVersion.State


def test_an_uploaded_file_waits_until_a_person_confirms_it() -> None:
    person = make_person("Менеджер")
    version = actions.upload(base(), a_file("Прайс_2026.docx", docx((1, "Окна"), "Окна моем весной.")), author=person)
    assert (version.state, version.number, version.document.title) == (State.WAITING, 1, "Прайс 2026")
    assert search("окна", role="public").passages == ()
    actions.confirm(version, user=person)
    assert version.state == State.CONFIRMED
    assert search("окна", role="public").passages == ()
    rebuild(base())
    version.refresh_from_db()
    assert version.state == State.TRAINED
    (found,) = search("окна", role="public").passages
    assert (found.heading, found.text, found.version, found.base) == ("Окна", "Окна моем весной.", 1, "general")
    assert LogEntry.objects.get_for_object(version.document).exists()


def test_a_file_that_cannot_be_read_leaves_a_version_with_the_reason() -> None:
    version = actions.upload(base(), a_file("скан.pdf", pdf("")), author=None)
    assert version.state == State.ERROR
    assert version.error.startswith("Файл «скан.pdf»: это скан")
    with pytest.raises(Conflict):
        actions.confirm(version, user=None)


def test_a_file_of_headings_only_is_no_document() -> None:
    assert actions.upload(base(), a_file("a.md", "# Окна\n"), author=None).state == State.ERROR


def test_a_kind_that_is_not_taken_leaves_nothing() -> None:
    with pytest.raises(Unreadable):
        actions.upload(base(), a_file("virus.exe", "MZ"), author=None)
    assert not Document.objects.exists()


def test_the_uploader_s_name_never_becomes_a_path() -> None:
    version = actions.upload(base(), a_file("../../etc/пароли.txt", "Текст."), author=None)
    assert version.file_name == "пароли.txt"
    assert "/" not in version.file.name
    assert version.file.name.endswith(".txt")


def test_a_correction_is_a_version_of_its_own_and_the_first_stays_as_it_was() -> None:
    first = actions.upload(base(), a_file("a.md", "Окна моем летом."), author=None)
    second = actions.write(first.document, "Окна моем весной.", author=None, note="Сезон")
    first.refresh_from_db()
    assert (first.state, first.text) == (State.REPLACED, "Окна моем летом.")
    assert (second.number, second.state) == (2, State.WAITING)
    with pytest.raises(Conflict):
        actions.confirm(first, user=None)
    with pytest.raises(Conflict):
        second.set_text("Другой текст.")
    with pytest.raises(InvalidInput):
        actions.write(first.document, "  \n", author=None)


def test_a_rejected_version_changes_no_answer_and_may_still_be_confirmed() -> None:
    teach("Окна моем весной.")
    version = actions.write(Document.objects.get(), "Окна не моем.", author=None)
    actions.reject(version, user=None, reason="Неправда")
    assert (version.state, version.error) == (State.REJECTED, "Неправда")
    rebuild(base())
    assert search("окна", role="public").passages[0].text == "Окна моем весной."
    assert actions.confirm(version, user=None).state == State.CONFIRMED


def test_an_old_version_is_restored_as_a_new_one() -> None:
    first = teach("Окна моем весной.")
    second = actions.confirm(actions.write(first.document, "Окна моем осенью.", author=None), user=None)
    rebuild(base())
    first.refresh_from_db()
    assert first.state == State.REPLACED
    third = actions.restore(first, user=None)
    rebuild(base())
    assert (third.number, third.text, third.note) == (3, first.text, "Восстановлена версия 1")
    assert search("окна", role="public").passages[0].text == "Окна моем весной."
    second.refresh_from_db()
    assert second.state == State.REPLACED
    with pytest.raises(Conflict):
        actions.restore(DocumentVersion.objects.get(number=3), user=None)


def test_a_later_confirmation_is_not_undone_by_an_earlier_version() -> None:
    first = teach("Раз.")
    waiting = actions.write(first.document, "Два.", author=None)
    actions.reject(waiting, user=None)
    actions.confirm(actions.write(first.document, "Три.", author=None), user=None)
    with pytest.raises(Conflict, match="более новая"):
        actions.confirm(waiting, user=None)


def test_a_removed_document_answers_no_more_and_comes_back_by_restoring() -> None:
    version = teach("Окна моем весной.")
    actions.remove(version.document, user=None)
    rebuild(base())
    assert search("окна", role="public").passages == ()
    actions.restore(version, user=None)
    rebuild(base())
    assert search("окна", role="public").passages


def test_what_a_killed_process_left_unread_is_read_later() -> None:
    from datetime import timedelta

    from django.utils import timezone

    version = actions.upload(base(), a_file("a.md", "Окна моем весной."), author=None)
    long_ago = timezone.now() - timedelta(hours=1)
    DocumentVersion.objects.filter(pk=version.pk).update(
        state=State.UPLOADED, text="", text_hash="", created_at=long_ago, confirm_at_once=True
    )
    jobs.catch_up()
    version.refresh_from_db()
    assert version.state == State.TRAINED


def test_what_was_understood_outline_duplicates_and_contradictions() -> None:
    known = teach("# Скидка\nПри оплате за год действует скидка 5 %.\n<<->>\n# Лифт\nЛифт моют всегда.", title="Прайс")
    new = actions.upload(
        base(),
        a_file("b.md", "# Скидка\nПри оплате за год действует скидка 10%.\n<<->>\n# Лифт\nЛифт моют всегда."),
        author=None,
    )
    understood = understand(new)
    assert [title for _, title in understood.headings] == ["Скидка", "Лифт"]
    assert understood.topics == ("Скидка", "Лифт")
    (duplicate,) = understood.duplicates
    assert (duplicate.piece.path, duplicate.known.document) == ("Лифт", "Прайс")
    (contradiction,) = understood.contradictions
    assert (contradiction.here, contradiction.there) == (("10%",), ("5%",))
    again = actions.write(known.document, known.text, author=None)
    assert understand(again).same_as_now
    assert understand(again).unchanged == 2
    assert understand(again).contradictions == ()


def test_numbers_are_compared_however_they_are_written() -> None:
    assert numbers("5 % и 1.5, снова 5%") == ["5%", "1,5"]


def test_a_comparison_escapes_what_the_texts_hold() -> None:
    first = teach("Первая строка.\n<script>alert(1)</script>")
    second = actions.write(first.document, "Вторая строка.\n<img src=x>", author=None)
    table = difference(first, second)
    assert "<script>" not in table
    assert "<img" not in table
    assert "&lt;script&gt;" in table


def test_the_samples_are_taught_once_and_taken_away_again() -> None:
    assert demo.seed() == 2
    assert demo.seed() == 0
    assert Passage.objects.filter(live=True).count() >= 40
    assert (
        search("как пожаловаться на уборку", role="public").passages[0].heading.endswith("Как пожаловаться на уборку")
    )
    assert demo.remove() == 2
    assert not Document.objects.exists()
    assert search("как пожаловаться на уборку", role="public").passages == ()


def test_a_sample_that_people_have_changed_stays() -> None:
    demo.seed()
    document = Document.objects.get(base__slug="general")
    actions.write(document, "Наш текст.", author=make_person("Директор"))
    assert demo.remove() == 1
    assert Document.objects.get() == document
