"""Rows and files for tests."""

from __future__ import annotations

import io
import itertools
import zipfile
from importlib import import_module
from typing import Any

from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile

from knowledge import actions
from knowledge.index import rebuild
from knowledge.models import Document, DocumentVersion, KnowledgeBase

FIRST_BASES = import_module("knowledge.migrations.0002_first_bases").BASES
_numbers = itertools.count(1)


def base(slug: str = "general") -> KnowledgeBase:
    """One of the bases of a new installation, also after a test that emptied the tables."""
    values = next(one for one in FIRST_BASES if one["slug"] == slug)
    return KnowledgeBase.objects.get_or_create(slug=slug, defaults=values)[0]


def make_person(role: str) -> User:
    user = User.objects.create_user(f"teacher{next(_numbers)}", password="pass", is_staff=True)
    user.groups.add(Group.objects.get_or_create(name=role)[0])
    return user


def a_file(name: str, content: bytes | str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def teach(text: str, *, slug: str = "general", title: str = "", build: bool = True) -> DocumentVersion:
    """A confirmed document with this text; with `build` it answers."""
    document = Document.objects.create(base=base(slug), title=title or f"Документ {next(_numbers)}")
    version = actions.confirm(actions.write(document, text, author=None), user=None)
    if build:
        rebuild(document.base)
        version.refresh_from_db()
    return version


def docx(*blocks: Any) -> bytes:
    """A Word file: strings are paragraphs, (level, text) headings, lists of rows tables."""
    from docx import Document as new_document

    document = new_document()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        elif isinstance(block, tuple):
            document.add_heading(block[1], block[0])
        else:
            table = document.add_table(len(block), len(block[0]))
            for row, values in zip(table.rows, block, strict=True):
                for cell, value in zip(row.cells, values, strict=True):
                    cell.text = value
    return saved(document)


def xlsx(**sheets: list[list[Any]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    return saved(book)


def saved(file: Any) -> bytes:
    buffer = io.BytesIO()
    file.save(buffer)
    return buffer.getvalue()


def zipped(**members: bytes | str) -> bytes:
    """Names with `__` for a dot."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def pdf(*pages: str) -> bytes:
    """A PDF with these texts (Latin, one line a page); an empty one is a page without a text layer."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids = []
    for text in pages:
        stream = f"BT /F1 12 Tf 40 700 Td ({text}) Tj ET" if text else ""
        kids.append(f"{len(objects) + 1} 0 R")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {len(objects) + 2} 0 R"
            " /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{content}\nendobj\n".encode())
    start = out.tell()
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode())
    out.writelines(f"{place:010d} 00000 n \n".encode() for place in places)
    out.write(f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode())
    return out.getvalue()
