"""The brigade's way through its day."""

from __future__ import annotations

import itertools
import random

from houses.brigade_pages.ordering import Stop, metres, natural, plan


def stop(key: int, point: tuple[float, float] | None, street: str = "ленина", number: str = "1") -> Stop:
    return Stop(key=key, street=street, number=number, point=point)


def length(keys: tuple[int, ...], stops: list[Stop]) -> float:
    points = {one.key: one.point for one in stops}
    return sum(metres(points[a], points[b]) for a, b in itertools.pairwise(keys))


def test_houses_in_a_row_are_visited_in_a_row():
    stops = [stop(n, (54.5, 36.2 + step / 100), number=str(n)) for n, step in ((1, 0), (2, 3), (3, 1), (4, 2))]
    assert plan(tuple(stops)).placed == (1, 3, 4, 2)


def test_the_way_begins_at_the_first_house_by_street_and_number():
    stops = (
        stop(1, (54.5, 36.20), number="10"),
        stop(2, (54.5, 36.21), number="9"),
        stop(3, (54.5, 36.22), "яблочная"),
    )
    assert plan(stops).placed[0] == 2


def test_two_opt_is_never_longer_than_the_best_of_a_few_guesses_and_near_the_optimum():
    chance = random.Random(7)
    for _ in range(20):
        stops = [
            stop(n, (54.5 + chance.random() / 20, 36.2 + chance.random() / 20), number=str(n)) for n in range(1, 8)
        ]
        found = length(plan(tuple(stops)).placed, stops)
        best = min(length((1, *rest), stops) for rest in itertools.permutations(range(2, 8)))
        assert found <= best * 1.25


def test_the_order_does_not_depend_on_the_order_the_database_gave():
    chance = random.Random(3)
    stops = [stop(n, (54.5 + chance.random() / 20, 36.2 + chance.random() / 20), number=str(n)) for n in range(1, 15)]
    first = plan(tuple(stops))
    chance.shuffle(stops)
    assert plan(tuple(stops)) == first


def test_houses_without_coordinates_come_last_grouped_by_street():
    stops = (
        stop(1, None, "мира", "10"),
        stop(2, (54.5, 36.2), "ленина", "4"),
        stop(3, None, "ленина", "2"),
        stop(4, None, "мира", "9"),
    )
    route = plan(stops)
    assert route.placed == (2,)
    assert route.unplaced == (3, 4, 1)


def test_an_empty_day_and_a_single_house_are_routes_too():
    assert plan(()).placed == ()
    assert plan((stop(1, (54.5, 36.2)),)).placed == (1,)


def test_two_visits_of_one_house_stay_together():
    stops = (
        stop(1, (54.50, 36.20), number="1"),
        stop(2, (54.52, 36.25), number="5"),
        stop(3, (54.50, 36.20), number="1"),
    )
    assert plan(stops).placed[:2] == (1, 3)


def test_a_very_long_day_is_ordered_within_a_second():
    chance = random.Random(1)
    stops = tuple(stop(n, (54.5 + chance.random() / 5, 36.2 + chance.random() / 5)) for n in range(300))
    assert len(plan(stops).placed) == 300


def test_house_numbers_sort_as_people_count():
    assert sorted(["10", "9к2", "9", "11а", "2"], key=natural) == ["2", "9", "9к2", "10", "11а"]
