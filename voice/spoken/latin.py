"""Latin words and letters as Russians say them."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.spoken.tables import pairs

LETTERS = {
    "a": "а", "b": "бэ", "c": "цэ", "d": "дэ", "e": "е", "f": "эф", "g": "гэ", "h": "аш", "i": "и", "j": "джи",
    "k": "ка", "l": "эль", "m": "эм", "n": "эн", "o": "о", "p": "пэ", "q": "ку", "r": "эр", "s": "эс", "t": "тэ",
    "u": "у", "v": "вэ", "w": "дабл ю", "x": "икс", "y": "игрек", "z": "зет",
}  # fmt: skip
_WORDS = pairs(
    "wi-fi=вай-фай wifi=вай-фай e-mail=имейл email=имейл mail=мейл online=онлайн offline=офлайн ok=окей "
    "telegram=телеграм whatsapp=вотсап viber=вайбер vk=вэ_ка vkontakte=вконтакте youtube=ютуб google=гугл "
    "yandex=яндекс bitrix=битрикс microsoft=майкрософт windows=виндоус android=андроид iphone=айфон "
    "ios=ай_о_эс apple=эппл excel=эксель word=ворд outlook=аутлук chrome=хром skype=скайп zoom=зум "
    "linux=линукс samsung=самсунг siemens=сименс bosch=бош karcher=кёрхер kaercher=кёрхер philips=филипс "
    "sony=сони honda=хонда toyota=тойота iso=исо astm=а_эс_тэ_эм iec=и_е_ка mil=мил std=стд din=дин en=е_эн "
    "gost=гост usb=ю_эс_бэ pdf=пэ_дэ_эф sms=эс_эм_эс sim=сим pin=пин led=лэд qr=кью_ар ip=ай_пи id=ай_ди "
    "it=ай_ти pc=пэ_ка pr=пиар hr=эйч_ар vip=вип cd=си_ди dvd=ди_ви_ди tv=тэ_вэ hd=эйч_ди gps=джи_пи_эс "
    "gsm=джи_эс_эм crm=си_эр_эм erp=и_ар_пи api=апи html=аш_тэ_эм_эль http=аш_тэ_тэ_пэ xls=эксель_эс "
    "xlsx=эксель_эс doc=док docx=док zip=зип ethernet=изернет ethercat=изеркат modbus=модбас opc=о_пэ_цэ "
    "ua=ю_эй lvdt=эль_вэ_дэ_тэ dic=дик test=тест view=вью m-test=эм_тест m-view=эм_вью impact=импакт "
    "creep=крип clima=клима hard=хард spectro=спектро fatigue=фэтиг strain=стрейн control=контрол cycle=сайкл "
    "low=лоу smart=смарт home=хоум house=хаус clean=клин cleaning=клининг service=сервис group=групп "
    "company=компани the=зе and=энд of=оф new=нью one=уан two=ту office=офис support=саппорт info=инфо "
    "admin=админ sales=сейлз manager=менеджер vasdom=васдом metrotest=метротест gmail=джимейл hello=хелло "
    "bye=бай yes=йес no=ноу stop=стоп help=хелп call=колл center=центр team=тим web=веб site=сайт link=линк "
    "chat=чат bot=бот premium=премиум standard=стандарт pro=про plus=плюс max=макс mini=мини lite=лайт "
    "ultra=ультра super=супер eco=эко fairy=фейри domestos=доместос ph=пэ_аш"
)
_RULES = tuple(
    pairs(
        "shch=щ sch=ш tsch=ч igh=ай tion=шн ough=о eau=о kh=х zh=ж ts=ц ch=ч sh=ш th=т ph=ф ck=к qu=кв wh=в gh=г "
        "oo=у ee=и ea=и ou=ау ya=я yu=ю yo=ё ye=е ay=эй ey=ей oy=ой ai=ай ei=ей ow=оу aw=о ce=се ci=си cy=си x=кс "
        "j=дж w=в y=и q=к h=х a=а b=б c=к d=д e=е f=ф g=г i=и k=к l=л m=м n=н o=о p=п r=р s=с t=т u=у v=в z=з"
    ).items()
)
_LATIN = re.compile(r"[A-Za-z]+(?:[-'’][A-Za-z]+)*")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SILENT_E = re.compile(r"..[^aeiouy]e$")
_VOWELS = frozenset("aeiouy")


def say_latin(text: str) -> str:
    """Every Latin word in Russian letters."""
    return _LATIN.sub(lambda found: read_latin(found[0]), text)


@lru_cache(maxsize=2048)
def read_latin(written: str, *, silent_e: bool = True) -> str:
    """One word: as it is usually said, by its letters, or by its sounds."""
    low = written.lower().replace("’", "'")
    if low in _WORDS:
        return _WORDS[low]
    if "-" in low or "'" in low:
        return " ".join(read_latin(part) for part in re.split(r"[-'’]", written) if part)
    humps = _HUMP.findall(written)
    if len(humps) > 1:
        return " ".join(read_latin(part) for part in humps)
    capitals = written.isupper() and len(written) <= 4
    if len(low) == 1 or capitals or not _VOWELS & set(low):
        return spell(low)
    return _by_sounds(low[:-1] if silent_e and _SILENT_E.search(low) else low)


def spell(word: str) -> str:
    """«abc» → «а бэ цэ»."""
    return " ".join(LETTERS[letter] for letter in word.lower() if letter in LETTERS)


def _by_sounds(word: str) -> str:
    said, place = "", 0
    if word.startswith("e"):
        said, place = "э", 1
    while place < len(word):
        for latin, russian in _RULES:
            if word.startswith(latin, place):
                said += russian
                place += len(latin)
                break
        else:
            place += 1
    return re.sub(r"([бвгдзклмнпрстф])\1", r"\1", said)
