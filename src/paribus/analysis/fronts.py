"""What is worth its price: the points that no other beats at the same cost or less."""

from collections.abc import Sequence


def find_front(points: Sequence[tuple[float, float]]) -> list[int]:
    """Positions of (cost, score) on the Pareto front, the cheapest first; of equals, all.

    A point is beaten by one that costs no more and scores no less, and is better in one of the two.
    """
    front: list[int] = []
    for k in sorted(range(len(points)), key=lambda k: (points[k][0], -points[k][1])):
        best = points[front[-1]] if front else None
        if best is None or points[k][1] > best[1] or points[k] == best:
            front.append(k)
    return front
