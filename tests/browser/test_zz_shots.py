from __future__ import annotations
import pytest
from datetime import timedelta
from django.utils import timezone
from django.urls import reverse
from houses.tests.factories import make_user
from voice import actions, health
from voice.tests.phone_rows import make_target
pytestmark = pytest.mark.django_db(transaction=True)
OUT="/tmp/shots"
def test_shots(chromium, live_site, signed_in, settings):
    settings.ARI_URL, settings.ARI_USER, settings.ARI_PASSWORD = "http://127.0.0.1:8088", "bot", "p"
    duty = make_target("Дежурный", position=20, endpoint="PJSIP/+74950000000@trunk", saturday="10:00–15:00")
    office = make_target("Офис", next_target=duty, monday="09:00–18:00", sunday="")
    rev = actions.save_revision({"voice_yandex": "marina", "role_yandex": "friendly"}, author=None, rules=[{"reason":"asked_for","target":office},{"reason":"unknown","threshold":2,"phrase":"Чтобы не гадать, соединяю вас с сотрудником."},{"reason":"complaint_words","words":"прокуратура\nсуд"}])
    user = make_user("Директор")
    health.beat(app="asterisk-bot", calls=2, version="22.10.1", warnings=["Версия Asterisk с известной ошибкой chan_websocket."], started=timezone.now()-timedelta(hours=3))
    pages = {"form": reverse("admin:voice_assistantrevision_add"), "card": reverse("admin:voice_assistantrevision_change", args=[rev.pk]),
      "targets": reverse("admin:voice_transfertarget_changelist"), "target": reverse("admin:voice_transfertarget_change", args=[office.pk]),
      "phone": reverse("admin:voice_phonesettings_changelist"), "status": "/admin/status/"}
    for scheme in ("light", "dark"):
        for width in (1400, 390):
            context = chromium.new_context(base_url=live_site, viewport={"width": width, "height": 900}, color_scheme=scheme, locale="ru-RU", timezone_id="Europe/Moscow")
            page = context.new_page()
            errors = []
            page.on("pageerror", lambda e: errors.append(str(e)))
            signed_in(page, user)
            for name, url in pages.items():
                if scheme == "dark" and (width == 390) and name not in {"form","phone"}: continue
                page.goto(url)
                if scheme == "dark": page.evaluate("document.documentElement.classList.add('dark')")
                page.wait_for_timeout(250)
                wide = page.evaluate("document.documentElement.scrollWidth")
                print(name, scheme, width, "scroll", wide, errors)
                page.screenshot(path=f"{OUT}/{name}-{scheme}-{width}.png", full_page=True)
            context.close()
