"""Files of every kind, and those that are none."""

from __future__ import annotations

import dataclasses
import time
import zipfile
from io import BytesIO

import pytest

from knowledge.errors import TooLarge, Unreadable
from knowledge.ingest import Limits, extract
from knowledge.tests.factories import docx, pdf, xlsx, zipped

TEXT = "Привет, подъезд №5 — «чисто»"
SMALL = Limits()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le"])
def test_text_in_the_encodings_of_russian_offices(encoding: str) -> None:
    assert extract("a.txt", TEXT.encode(encoding)).text == TEXT


def test_windows_line_ends_become_plain_ones() -> None:
    assert extract("a.md", b"a\r\nb\rc").text == "a\nb\nc"


def test_word_headings_lists_and_tables() -> None:
    content = docx((1, "Уборка"), "Моем.", [["Этаж", "Срок"], ["1", "час"]])
    assert extract("a.docx", content).text == "# Уборка\n\nМоем.\n\n| Этаж | Срок |\n|---|---|\n| 1 | час |"


def test_excel_sheets_are_headings_and_numbers_are_written_as_people_do() -> None:
    extracted = extract("a.xlsx", xlsx(Цены=[["Вид", "Цена"], ["Т1", 12.5], [None, None], ["Т2", 100]]))
    assert extracted.text == "## Цены\n\n| Вид | Цена |\n|---|---|\n| Т1 | 12,5 |\n| Т2 | 100 |"
    assert extracted.pages == 1


def test_pdf_page_by_page() -> None:
    extracted = extract("a.pdf", pdf("The first page has words enough", "", "And so has the third one, too"))
    assert extracted.pages == 3
    assert "first page" in extracted.text
    assert "third one" in extracted.text
    assert extracted.remarks == ("Страницы без текста (скан или рисунок): 2.",)


def test_a_scan_says_that_it_is_one() -> None:
    with pytest.raises(Unreadable, match=r"Файл «скан\.pdf»: это скан"):
        extract("скан.pdf", pdf("", ""))


def test_an_archive_is_its_readable_members_with_borders_between() -> None:
    content = zipped(one__md="Первый.", two__docx=docx("Второй."), three__exe="MZ", four__pdf=pdf(""))
    extracted = extract("a.zip", content)
    assert extracted.text == "# one\n\nПервый.\n\n<<->>\n\n# two\n\nВторой."
    assert any("three.exe" in remark for remark in extracted.remarks)
    assert any("four.pdf" in remark and "скан" in remark for remark in extracted.remarks)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.exe", b"MZ", "такие файлы не принимаются"),
        ("noending", b"a", "такие файлы не принимаются"),
        ("a.txt", b"", "он пуст"),
        ("a.txt", b" \n ", "в нём нет текста"),
        ("a.pdf", b"not a pdf", "это не PDF"),
        ("a.docx", b"PK\x03\x04 broken", "это не документ Word"),
        ("a.xlsx", b"nothing", "это не книга Excel"),
        ("a.zip", b"nothing", "это не ZIP"),
        ("a.docx", xlsx(A=[["x"]]), "это не документ Word"),
        ("a.xlsx", docx("x"), "это не книга Excel"),
        ("a.md", bytes(range(256)) * 20, "кодировка не распознана"),
        ("a.zip", zipped(a__exe="x"), "в архиве нет файлов"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_file_s_name_and_the_reason(name: str, content: bytes, said: str) -> None:
    with pytest.raises(Unreadable) as caught:
        extract(name, content)
    assert caught.value.message.startswith(f"Файл «{name}»: ")
    assert said in caught.value.message


def test_a_zip_bomb_is_refused_by_its_ratio() -> None:
    with pytest.raises(TooLarge, match="сжат подозрительно сильно"):
        extract("a.zip", zipped(a__txt=b"0" * 50_000_000))


def test_a_member_that_lies_about_its_size_is_stopped() -> None:
    content = bytearray(zipped(a__txt=b"\0" * 3_000_000 + b"x" * 10))
    for place in (content.find(b"PK\x01\x02") + 24, 22):
        content[place : place + 4] = (100).to_bytes(4, "little")
    limits = dataclasses.replace(SMALL, unpacked_bytes=1_000_000)
    with pytest.raises(Unreadable):
        extract("a.zip", bytes(content), limits)


def test_too_many_members_pages_or_letters() -> None:
    few = dataclasses.replace(SMALL, members=2, pages=1, text_characters=10, file_bytes=100_000)
    with pytest.raises(TooLarge, match="3 файлов"):
        extract("a.zip", zipped(a__md="a", b__md="b", c__md="c"), few)
    with pytest.raises(TooLarge, match="2 страниц"):
        extract("a.pdf", pdf("one", "two"), few)
    with pytest.raises(TooLarge, match="больше 10 знаков"):
        extract("a.md", b"a" * 11, few)
    with pytest.raises(TooLarge, match="больше 0 МБ"):
        extract("a.md", b"a" * 100_001, few)


def test_names_that_leave_the_archive_are_not_read() -> None:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../../etc/passwd.txt", "root")
        archive.writestr("ok.txt", "Текст")
    assert extract("a.zip", buffer.getvalue()).text == "# ok\n\nТекст"


def test_a_file_that_eats_memory_ends_its_own_process_only() -> None:
    tight = dataclasses.replace(SMALL, memory_bytes=200 * 1024 * 1024)
    with pytest.raises(TooLarge, match="не хватает"):
        extract("a.md", b"a" * 19_000_000 + b"\n" * 900_000, dataclasses.replace(tight, memory_bytes=90_000_000))


def test_a_file_that_hangs_is_given_up() -> None:
    # A page tree of loops and deep nesting: whatever the reader makes of it, it ends in time.
    nested = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n" + b"[" * 200_000
    began = time.monotonic()
    with pytest.raises(Unreadable):
        extract("a.pdf", nested, dataclasses.replace(SMALL, seconds=3))
    assert time.monotonic() - began < 10
