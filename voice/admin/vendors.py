"""Choosing vendors in their order: one list of choices for each place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from voice.phone.fields import VENDOR_NAMES


class OrderWidget(forms.Widget):
    """As many selects of the same name as there are vendors; an empty one is no place at all."""

    template_name = "admin/voice/order.html"

    def __init__(self, vendors: Sequence[str], attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self._vendors = tuple(vendors)

    def use_required_attribute(self, initial: Any) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_1" if id_ else ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return [value for value in data.getlist(name) if value]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = list(value or ())
        known = list(dict.fromkeys([*self._vendors, *chosen]))
        context["places"] = [
            (number, chosen[number - 1] if number <= len(chosen) else "") for number in range(1, len(known) + 1)
        ]
        context["vendors"] = [(vendor, VENDOR_NAMES.get(vendor, vendor)) for vendor in known]
        return context

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """By the project's own templates: a form's renderer does not look there."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))


class OrderField(forms.Field):
    """A list of vendor keys. Whether they are known and different is the revision's to check."""

    def __init__(self, *, vendors: Sequence[str], **kwargs: Any) -> None:
        super().__init__(widget=OrderWidget(vendors), required=False, **kwargs)

    def to_python(self, value: Any) -> list[str]:
        return list(value or ())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return list(initial or ()) != list(data or ())
