"""Building the index: in one step, by one builder, with vectors asked for once."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from knowledge import actions, embedding, index, jobs
from knowledge.index import Builder, needs_rebuild, rebuild, rebuild_all
from knowledge.locks import base_lock
from knowledge.models import Document, DocumentVersion, EmbeddingCache, IndexBuild, Passage, PassageVector
from knowledge.search import search
from knowledge.tests.factories import base, teach
from providers.tests.openai_twin import OpenAITwin

State = DocumentVersion.State
TEXT = "# Окна\nОкна моем весной.\n<<->>\n# Лифт\nЛифт моем всегда."


def live_ids() -> set[int]:
    return set(Passage.objects.filter(live=True).values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_build_is_on_record_and_there_is_one_active_build_a_base() -> None:
    teach(TEXT)
    build = IndexBuild.objects.get()
    assert (build.state, build.active, build.passages, build.added, build.removed) == ("done", True, 2, 2, 0)
    assert build.embedding_model == ""
    with pytest.raises(IntegrityError), transaction.atomic():
        IndexBuild.objects.create(base=base(), active=True)


@pytest.mark.django_db
def test_nothing_to_do_builds_nothing() -> None:
    teach(TEXT)
    assert not needs_rebuild(base())
    assert rebuild(base()).builds == ()


@pytest.mark.django_db
def test_passages_of_documents_that_have_not_changed_are_left_as_they_are() -> None:
    first = teach(TEXT)
    before = live_ids()
    teach("# Акты\nАкты подписывают.")
    assert before < live_ids()
    actions.confirm(actions.write(first.document, TEXT + "\nИ зеркала.", author=None), user=None)
    rebuild(base())
    assert not before & live_ids()


@pytest.mark.django_db
def test_another_way_of_cutting_makes_passages_anew() -> None:
    version = teach("# Окна\n" + "Окна на этажах моем весной и осенью. " * 30)
    one = base()
    one.chunk_size, one.overlap = 300, 50
    one.save()
    assert needs_rebuild(one)
    rebuild(one)
    assert Passage.objects.filter(live=True, version=version).count() > 3
    assert Passage.objects.filter(live=False).count() == 0
    version.refresh_from_db()
    assert version.state == State.TRAINED


@pytest.mark.django_db
def test_vectors_come_when_a_provider_appears_and_unchanged_texts_are_not_asked_for_again(settings: Any) -> None:
    version = teach(TEXT)
    assert not PassageVector.objects.exists()
    with OpenAITwin(dimensions=1536) as twin:
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key", twin.url
        assert needs_rebuild(base())
        rebuild(base())
        assert PassageVector.objects.count() == 2
        assert IndexBuild.objects.get(active=True).embedding_model == "text-embedding-3-small"
        assert len(twin.asked("/embeddings")) == 1
        longer = TEXT + "\n<<->>\n# Двор\nДвор не убираем."
        actions.confirm(actions.write(version.document, longer, author=None), user=None)
        rebuild(base())
        assert len(twin.asked("/embeddings")) == 2
        assert twin.asked("/embeddings")[-1].body["input"] == ["Двор\nДвор не убираем."]
        build = IndexBuild.objects.get(active=True)
        assert (build.embedded, build.reused, build.passages) == (1, 2, 3)


@pytest.mark.django_db
def test_a_provider_that_fails_costs_the_vectors_and_not_the_index(settings: Any) -> None:
    with OpenAITwin() as twin:
        settings.OPENAI_API_KEY, settings.OPENAI_BASE_URL = "key", twin.url
        twin.fail("status", path="/embeddings", times=99, status=500)
        teach(TEXT)
        build = IndexBuild.objects.get()
        assert (build.state, build.active, build.embedding_model) == ("done", True, "")
        assert build.error
        assert search("окна", role="public").passages[0].heading == "Окна"
        jobs.catch_up()
        assert IndexBuild.objects.count() == 1  # the provider has just failed
        twin.faults.clear()
        IndexBuild.objects.update(error="")
        jobs.catch_up()
        assert PassageVector.objects.count() == 2


@pytest.mark.django_db
def test_a_killed_build_is_finished_by_the_next(monkeypatch: pytest.MonkeyPatch, scripted: None) -> None:
    teach("# Старое\nСтарый текст.")
    document = Document.objects.create(base=base(), title="Новый")
    version = actions.confirm(actions.write(document, TEXT, author=None), user=None)
    monkeypatch.setattr(Builder, "activate", lambda *_: (_ for _ in ()).throw(SystemExit))  # as a kill between steps
    with pytest.raises(SystemExit):
        rebuild(base())
    monkeypatch.undo()
    assert IndexBuild.objects.filter(state="running").count() == 1
    assert Passage.objects.filter(live=False).count() == 2
    assert {found.text for found in search("старый текст окна", role="public").passages} == {"Старый текст."}
    known = EmbeddingCache.objects.count()
    jobs.catch_up()
    assert IndexBuild.objects.filter(state="interrupted").count() == 1
    assert IndexBuild.objects.get(active=True).embedded == 0  # the killed build's vectors were kept
    assert EmbeddingCache.objects.filter(is_question=False).count() <= known
    assert Passage.objects.filter(live=False).count() == 0
    version.refresh_from_db()
    assert version.state == State.TRAINED


@pytest.mark.django_db(transaction=True)
def test_a_search_during_the_rebuild_sees_the_old_index(monkeypatch: pytest.MonkeyPatch) -> None:
    version = teach("# Окна\nОкна моем весной.")
    actions.confirm(actions.write(version.document, "# Окна\nОкна моем осенью.", author=None), user=None)
    seen: list[str] = []
    inside, done = threading.Event(), threading.Event()
    real = index.count_words

    def slowly(one: Any) -> None:  # runs inside the transaction that switches over
        real(one)
        inside.set()
        assert done.wait(10)

    monkeypatch.setattr(index, "count_words", slowly)

    def build() -> None:
        rebuild(base())
        connection.close()

    builder = threading.Thread(target=build)
    builder.start()
    assert inside.wait(10)
    seen.append(search("когда моем окна", role="public").passages[0].text)
    done.set()
    builder.join(10)
    seen.append(search("когда моем окна", role="public").passages[0].text)
    assert seen == ["Окна моем весной.", "Окна моем осенью."]


@pytest.mark.django_db(transaction=True)
def test_of_two_builders_the_second_leaves_and_nothing_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    teach("# Раз\nРаз.")
    taken, go = threading.Event(), threading.Event()
    results: list[Any] = []
    real = Builder.embed

    def waiting(self: Builder, wanted: Any) -> None:
        taken.set()
        assert go.wait(10)
        real(self, wanted)

    monkeypatch.setattr(Builder, "embed", waiting)
    teach("# Два\nДва.", build=False)

    def build() -> None:
        results.append(rebuild(base()))
        connection.close()

    first = threading.Thread(target=build)
    first.start()
    assert taken.wait(10)
    late = teach("# Три\nТри.", build=False)  # confirmed while the first one builds
    second = rebuild(base())
    go.set()
    first.join(20)
    assert second.busy
    assert second.builds == ()
    assert len(results[0].builds) == 2  # it looked again
    late.refresh_from_db()
    assert late.state == State.TRAINED
    assert Passage.objects.filter(live=True).count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_lock_is_free_again_after_an_error() -> None:
    with pytest.raises(ValueError, match="x"), base_lock(base().pk):
        raise ValueError("x")
    with base_lock(base().pk) as is_ours:
        assert is_ours


@pytest.mark.django_db
def test_the_command_and_the_job_do_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    version = teach(TEXT, build=False)
    jobs.rebuild_embeddings(base="general")
    version.refresh_from_db()
    assert version.state == State.TRAINED
    call_command("rebuild_embeddings", "--base", "general")
    assert "general: фрагментов 2" in capsys.readouterr().out
    call_command("rebuild_embeddings", "--changed")
    assert "general: изменений нет" in capsys.readouterr().out
    with pytest.raises(CommandError, match="Нет такой базы: nowhere"):
        call_command("rebuild_embeddings", "--base", "nowhere")


@pytest.mark.django_db
def test_bases_are_built_apart() -> None:
    teach("# Окна\nОкна.", slug="tech", build=False)
    teach(TEXT, build=False)
    assert {done.base for done in rebuild_all(["tech"])} == {"tech"}
    assert set(Passage.objects.filter(live=True).values_list("base__slug", flat=True)) == {"tech"}


@pytest.mark.django_db
def test_old_questions_are_forgotten(scripted: None) -> None:
    from datetime import timedelta

    from django.utils import timezone

    embedding.question_vector("Когда уборка?")
    EmbeddingCache.objects.update(used_at=timezone.now() - timedelta(days=100))
    jobs.purge()
    assert not EmbeddingCache.objects.exists()
