"""A brigade's day on a phone of 360 pixels."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from houses.models import CleaningVisit
from houses.tests.factories import make_brigade, make_house, make_user, make_visit
from houses.tests.pictures import encoded, jpeg, rotated_jpeg

LONG = "Малоярославецкая-Первопроходческая улица, 144 корпус 12, Калуга, Калужская область, Россия, 248012"


@pytest.fixture
def member(transactional_db):
    return make_user("Бригада", make_brigade(1))


@pytest.fixture
def visit(member):
    house = make_house(brigade=member.employee.brigade, title="Кибальчича 3", latitude=54.58, longitude=36.25)
    return make_visit(house)


@pytest.fixture
def page(browser_page: Page, member, visit, signed_in):
    signed_in(browser_page, member)
    browser_page.goto(f"/brigade/visits/{visit.pk}/")
    return browser_page


def picture(name: str, color: tuple[int, int, int]) -> dict[str, object]:
    return {"name": name, "mimeType": "image/jpeg", "buffer": jpeg(color)}


THREE = [picture(f"{n}.jpg", (n * 60, 200 - n * 50, 90)) for n in (1, 2, 3)]


def pick(page: Page, files: list[dict[str, object]]) -> None:
    page.locator("input[type=file][multiple]").set_input_files(files)


def status_of(visit: CleaningVisit) -> str:
    visit.refresh_from_db()
    return visit.status


def test_from_sign_in_to_done(browser_page: Page, member, visit):
    page = browser_page
    page.goto("/brigade/")
    page.get_by_label("Логин").fill(member.username)
    page.get_by_label("Пароль").fill("pass")
    page.get_by_role("button", name="Войти").tap()
    expect(page.get_by_role("heading", name="Сегодня")).to_be_visible()
    expect(page.get_by_text("0 из 1")).to_be_visible()
    page.get_by_role("link", name="Кибальчича 3").first.tap()
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    pick(page, THREE)
    expect(page.locator("#photo-status")).to_have_text("Отправлено 3 из 3 фото")
    expect(page.locator(".photos img")).to_have_count(3)
    page.get_by_label("Комментарий").first.fill("Лифт работает")
    page.get_by_role("button", name="Выполнено").tap()
    expect(page.locator(".result")).to_contain_text("Лифт работает")
    assert status_of(visit) == "done"
    assert visit.photos.count() == 3
    page.goto("/brigade/")
    expect(page.get_by_text("1 из 1")).to_be_visible()


def test_upload_shows_progress_for_each_file(page: Page, visit):
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    held = []
    page.route("**/photos/", lambda route: held.append(route))
    pick(page, THREE)
    expect(page.locator("#queue li")).to_have_count(3)
    expect(page.get_by_label("Отправка 1.jpg")).to_be_visible()
    expect(page.locator("#queue li").first).to_contain_text("Отправляется…")
    expect(page.locator("#outbox")).to_contain_text("3 фото ждут отправки")
    page.unroute("**/photos/")  # lets the held one go
    expect(page.locator("#queue li")).to_have_count(0)
    assert visit.photos.count() == 3


def test_not_possible_with_a_reason(page: Page, visit):
    page.get_by_text("Не удалось убрать?").tap()
    page.get_by_role("button", name="Не выполнено").tap()
    expect(page.locator("#reason-error")).to_contain_text("Выберите причину")
    page.get_by_label("Другое").check()
    page.get_by_role("button", name="Не выполнено").tap()
    expect(page.locator("#trouble-comment-error")).to_contain_text("Напишите в комментарии")
    page.get_by_label("Нет доступа в подъезд").check()
    page.locator("#trouble-comment").fill("Сменили домофон")
    page.get_by_role("button", name="Не выполнено").tap()
    expect(page.locator(".result")).to_contain_text("Нет доступа в подъезд")
    assert status_of(visit) == "not_possible"
    assert visit.comment == "Сменили домофон"


def test_by_keyboard_alone(browser_page: Page, member, visit, signed_in):
    page = signed_in(browser_page, member)
    page.goto("/brigade/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    tab_to(page, "Кибальчича 3")
    page.keyboard.press("Enter")
    page.wait_for_url("**/visits/*/")
    tab_to(page, "Начать уборку")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    tab_to(page, "Выполнено")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
    page.keyboard.press("Enter")
    expect(page.locator(".result")).to_be_visible()
    assert status_of(visit) == "done"


def tab_to(page: Page, text: str) -> None:
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == text:
            return
    raise AssertionError(f"«{text}» is out of the keyboard's reach")


def test_photos_and_reports_wait_for_a_connection(page: Page, visit):
    page.context.set_offline(True)
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.locator("#outbox")).to_contain_text("Начало уборки: Кибальчича 3 — ждёт отправки")
    pick(page, THREE[:2])
    expect(page.locator("#outbox")).to_contain_text("2 фото ждут отправки")
    page.locator("#finish-comment").fill("Без связи")
    page.get_by_role("button", name="Выполнено").tap()
    expect(page.locator("#outbox")).to_contain_text("Отчёт «Выполнено»: Кибальчича 3 — ждёт отправки")
    assert status_of(visit) == "planned"
    page.context.set_offline(False)
    expect(page.locator(".result")).to_contain_text("Без связи")
    assert status_of(visit) == "done"
    assert visit.photos.count() == 2


def test_a_closed_tab_loses_no_photo(page: Page, visit):
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    page.context.set_offline(True)
    pick(page, THREE[:2])
    expect(page.locator("#queue li")).to_have_count(2)
    context = page.context
    page.close()
    context.set_offline(False)
    fresh = context.new_page()
    fresh.goto("/brigade/")
    expect(fresh.locator("#outbox")).to_be_hidden()
    fresh.goto(f"/brigade/visits/{visit.pk}/")
    expect(fresh.locator(".photos img")).to_have_count(2)
    assert visit.photos.count() == 2


def test_an_answer_lost_on_the_way_back_does_not_double_the_photo(page: Page, visit):
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    lost = []

    def lose_the_first(route):
        if lost:
            return route.continue_()
        lost.append(route.fetch())
        return route.abort()

    page.route("**/photos/", lose_the_first)
    pick(page, THREE[:1])
    page.get_by_role("button", name="Повторить").tap()
    expect(page.locator(".photos img")).to_have_count(1)
    assert visit.photos.count() == 1


def test_a_file_that_is_no_photo_is_refused_and_can_be_taken_away(page: Page, visit):
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    pick(page, [{"name": "note.jpg", "mimeType": "image/jpeg", "buffer": b"no picture at all"}, THREE[0]])
    expect(page.locator("#queue .refused")).to_have_count(1)
    expect(page.locator(".photos img")).to_have_count(1)
    page.get_by_role("button", name="Убрать").tap()
    expect(page.locator("#queue li")).to_have_count(0)


def test_a_double_tap_reports_once(page: Page, visit):
    page.get_by_role("button", name="Начать уборку").dblclick()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    page.get_by_role("button", name="Выполнено").dblclick()
    expect(page.locator(".result")).to_be_visible()
    expect(page.locator("#outbox")).to_be_hidden()
    assert status_of(visit) == "done"


def test_a_session_that_ran_out_loses_neither_text_nor_photos(page: Page, member, visit):
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    page.locator("#finish-comment").fill("Написано до выхода")
    page.context.clear_cookies(name="sessionid")
    pick(page, THREE[:1])
    page.get_by_role("link", name="Войти и отправить").tap()
    page.get_by_label("Логин").fill(member.username)
    page.get_by_label("Пароль").fill("pass")
    page.get_by_role("button", name="Войти").tap()
    expect(page.locator(".photos img")).to_have_count(1)
    expect(page.locator("#finish-comment")).to_have_value("Написано до выхода")
    assert visit.photos.count() == 1


def test_a_turned_photo_stands_upright(page: Page, visit):
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    pick(page, [{"name": "turned.jpg", "mimeType": "image/jpeg", "buffer": rotated_jpeg()}])
    shown = page.locator(".photos img")
    expect(shown).to_have_count(1)
    above = pixel(page, 0.5, 0.15)
    below = pixel(page, 0.5, 0.85)
    assert above[0] > 150 > above[2]
    assert below[2] > 150 > below[0]


def test_a_heavy_photo_is_made_smaller_on_the_phone_and_keeps_its_orientation(page: Page, visit):
    from PIL import Image

    exif = Image.Exif()
    exif[0x0112] = 6
    noise = Image.effect_noise((3600, 2400), 90).convert("RGB")
    noise.paste((220, 30, 30), (0, 0, 1800, 2400))
    heavy = encoded(noise, exif=exif.tobytes(), quality=97)
    assert len(heavy) > 4 * 1024 * 1024
    sizes = []
    page.on(
        "request",
        lambda request: request.url.endswith("/photos/") and sizes.append(len(request.post_data_buffer or b"")),
    )
    page.get_by_role("button", name="Начать уборку").tap()
    expect(page.get_by_role("button", name="Выполнено")).to_be_visible()
    pick(page, [{"name": "heavy.jpg", "mimeType": "image/jpeg", "buffer": heavy}])
    expect(page.locator(".photos img")).to_have_count(1)
    photo = visit.photos.get()
    assert photo.height > photo.width
    assert pixel(page, 0.5, 0.15)[0] > 150
    assert not sizes or sizes[0] < len(heavy)


def pixel(page: Page, x: float, y: float) -> list[int]:
    """Red, green, blue of the first shown photo at a share of its width and height, as the browser drew it."""
    return page.locator(".photos img").first.evaluate(
        """async (image, [x, y]) => {
            await image.decode();
            const canvas = document.createElement("canvas");
            canvas.width = image.naturalWidth; canvas.height = image.naturalHeight;
            const context = canvas.getContext("2d");
            context.drawImage(image, 0, 0);
            return [...context.getImageData(canvas.width * x, canvas.height * y, 1, 1).data];
        }""",
        [x, y],
    )


def test_it_works_without_javascript(chromium, live_site, member, visit, tmp_path: Path):
    context = chromium.new_context(
        base_url=live_site, viewport={"width": 360, "height": 740}, java_script_enabled=False
    )
    page = context.new_page()
    page.goto(f"/brigade/visits/{visit.pk}/")
    page.get_by_label("Логин").fill(member.username)
    page.get_by_label("Пароль").fill("pass")
    page.get_by_role("button", name="Войти").click()
    page.get_by_role("button", name="Начать уборку").click()
    page.locator("input[type=file][multiple]").set_input_files(THREE)
    page.get_by_role("button", name="Отправить выбранные фото").click()
    expect(page.locator(".photos img")).to_have_count(3)
    page.get_by_role("button", name="Выполнено").click()
    expect(page.locator(".result")).to_be_visible()
    context.close()
    assert status_of(visit) == "done"


def test_no_page_is_wider_than_the_phone(browser_page: Page, member, visit, signed_in):
    today = timezone.localdate()
    brigade = member.employee.brigade
    long = make_house(brigade=brigade, title="", address=LONG, floors=None, entrances=None)
    make_visit(long, cleaning_type="")
    make_visit(long, today - timedelta(days=1))
    done = make_visit(
        long, today - timedelta(days=2), status="not_possible", reason="no_water", comment="оченьдлинно" * 30
    )
    stranger = make_user("Бригада")
    office = make_user("Менеджер")
    pages = [
        "",
        "tomorrow/",
        "week/",
        "late/",
        f"visits/{visit.pk}/",
        f"visits/{done.pk}/",
        f"houses/{long.pk}/",
        "visits/0/",
    ]
    check_width(browser_page, "login/")
    for user, paths in (
        (stranger, [""]),
        (office, ["", f"?brigade={brigade.pk}", f"visits/{visit.pk}/"]),
        (member, pages),
    ):
        signed_in(browser_page, user)
        for path in paths:
            check_width(browser_page, path)


def check_width(page: Page, path: str) -> None:
    page.goto(f"/brigade/{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    small = page.evaluate(
        """[...document.querySelectorAll("button, .button, .tabs a, summary, .row, .choice")]
            .filter((one) => one.offsetParent && one.getBoundingClientRect().height < 43.5)
            .map((one) => one.outerHTML.slice(0, 80))"""
    )
    assert not small, (path, small)


def test_every_page_has_one_heading_and_named_controls(browser_page: Page, member, visit, signed_in):
    signed_in(browser_page, member)
    for path in ("", "tomorrow/", "week/", "late/", f"visits/{visit.pk}/", f"houses/{visit.house_id}/"):
        browser_page.goto(f"/brigade/{path}")
        expect(browser_page.locator("h1")).to_have_count(1)
        nameless = browser_page.evaluate(
            """[...document.querySelectorAll("a, button, input:not([type=hidden]), textarea")]
                .filter((one) => !one.textContent.trim() && !one.labels?.length && !one.ariaLabel)
                .filter((one) => !one.querySelector("img[alt]:not([alt=''])"))
                .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert not nameless, (path, nameless)
        assert re.search(r"ВасДом$", browser_page.title())
