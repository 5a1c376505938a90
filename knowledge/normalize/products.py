"""Names of machines, standards and programs as recognisers mishear them.

What people call a thing («винтовая разрывная», «датчик силы») stays as said: it is the search that knows synonyms.
`КМ` and `КВ` are left out on purpose: people mean kilometres and flats.
"""

from __future__ import annotations

from knowledge.normalize.terms import Term
from knowledge.normalize.units import ADDRESS


def series(heard: str, canonical: str, unless: str = "", note: str = "") -> Term:
    return Term(heard, canonical, "product", unless=unless, note=note)


def with_index(heard: str, canonical: str, note: str = "Только с номером модели после неё") -> Term:
    return Term(heard, canonical, "product", needs_number=True, unless=ADDRESS, note=note)


def written(heard: str, canonical: str, note: str = "") -> Term:
    return Term(heard, canonical, "abbreviation", note=note)


PRODUCTS = [
    series("рэм~; эрэм; эр эм; эр э эм; рэ эм", "РЭМ", note="Электромеханическая разрывная машина"),
    series("рем; рен", "РЭМ", "тв телеканал* радио", "Так её слышит распознаватель"),
    series("ргм~; эргэм~; эр гэ эм; эргээм; рэ гэ эм", "РГМ", note="Гидравлическая разрывная машина"),
    series("ргм г а; эргэм гэ а; эр гэ эм гэ а", "РГМ-Г-А"),
    series("уим д; уим дэ; у и эм дэ; уимд", "УИМ-Д"),
    series("пим мр; пим эм эр; пиммр", "ПИМ-МР"),
    series("мпд; эм пэ дэ", "МПД"),
    series("умп; у эм пэ", "УМП"),
    series("уид пб; у и дэ пэ бэ", "УИД-ПБ"),
    with_index("пи; пэ и", "ПИ"),
    series("пресс~ пи", "пресс~ ПИ"),
    with_index("ми; эм и", "МИ"),
    with_index("мк; эм ка", "МК"),
    with_index("мкс; эм ка эс", "МКС"),
    with_index("ким", "КИМ"),
    with_index("мп; эм пэ", "МП"),
    with_index("сти; эс тэ и", "СТИ"),
    series("кмм; ка эм эм", "КММ"),
    series("слп; эс эл пэ", "СЛП"),
    series("сл 15; эс эл 15; эс эл пятнадцать; сл пятнадцать", "СЛ-15"),
    series("сл 13у; сл 13 у; эс эл 13 у; эс эл тринадцать у; сл тринадцать у", "СЛ-13У"),
    series("икм 450 а; и ка эм 450 а; и ка эм четыреста пятьдесят а", "ИКМ-450-А"),
    series("лмм; эл эм эм", "ЛММ"),
    series("скз; эс ка зэ", "СКЗ"),
    series("мшп; эм ша пэ", "МШП"),
    series("ммп; ммр; эм эм эр", "ММР"),
    series("ктх; ка тэ ха", "КТХ"),
    series("ктв; ка тэ вэ", "КТВ"),
    series("ктз; ка тэ зэ", "КТЗ"),
    series("ктч; ка тэ че", "КТЧ"),
    series(
        "стелоскоп~; стеласкоп~; стиласкоп~; стилоскап~; стелоскап~; стилоскп~; стелескоп~; стилескоп~; филоскоп~",
        "стилоскоп~",
        note="Окончание остаётся, каким было сказано",
    ),
    series("телескоп~", "стилоскоп~", "звезд* луна астроном*", "Телескопов здесь не бывает: так слышат стилоскоп"),
    series("пресса испытательная; прессы испытательная; трес испытательный", "пресс испытательный"),
    series("тресы испытательные; пресы испытательные; трессы испытательные", "прессы испытательные"),
]
STANDARDS = [
    written(
        "изо семь пятьсот ноль один; изо семь тысяч пятьсот один; изо семь тысяч пятьсот тире один; "
        "ай эс оу семь пять ноль ноль тире один; изо семь пять ноль ноль тире один; изо 7500 1; iso 7500 1; "
        "iso семь пятьсот ноль один",
        "ISO 7500-1",
    ),
    written("изо шесть восемь девять два тире один; iso 6892 1; изо 6892 1; изо 6892 часть 1", "ISO 6892-1"),
    written("изо 7438; изо семь четыре три восемь; iso 7438", "ISO 7438"),
    written("изо 527 часть 1; изо 527 1; изо пять два семь; iso 527 1", "ISO 527-1"),
    written("изо 14125; iso 14125", "ISO 14125"),
    written("изо 1099; iso 1099", "ISO 1099"),
    written("изо 148 часть 1; изо 148 1; iso 148 1", "ISO 148-1"),
    written("астм е4; астм е 4; астм e4; астем е4; астем и четыре; астм е четыре; astm e4; astm e 4", "ASTM E4"),
    written("астм е8; астм е 8; астм е8эм; астм е восемь; astm e8", "ASTM E8"),
    written("астм е9; астм е 9; астм е девять; astm e9", "ASTM E9"),
    written("астм е290; астм е 290; astm e290", "ASTM E290"),
    written("астм д638; астм д 638; astm d638", "ASTM D638"),
    written("астм е466; астм е 466; astm e466", "ASTM E466"),
    written("астм е606; астм е 606; astm e606", "ASTM E606"),
    written("астм е647; астм е 647; astm e647", "ASTM E647"),
    written("гост двадцать восемь восемь сорок девяносто; гост двадцать восемь тысяч восемьсот сорок", "ГОСТ 28840-90"),
    written("гост девять четыре пять четыре", "ГОСТ 9454"),
    written("гост; гост р", "ГОСТ"),
    written("иес 60068 2 6; iec 60068 2 6", "IEC 60068-2-6"),
    written("иес 60068 2 64; iec 60068 2 64", "IEC 60068-2-64"),
    written("мил стд 810 аж; мил стандарт 810; мил стд 810; mil std 810h", "MIL-STD-810H"),
]
PROGRAMS = [
    written("эм тест; м тест; мтест; mtest; m test", "M-Test"),
    written("эм вью; м вью; m view; mview", "M-VIEW"),
    written("лвдт; lvdt", "LVDT"),
    written("модбас; мод бас; modbus", "Modbus"),
    written("этеркэт; ethercat", "EtherCAT"),
    written("опиэс юэй; описи юэй; opc ua", "OPC UA"),
    written("лоу сайкл фэтиг", "LCF"),
]
