"""May two ways of slicing the same transcripts be published side by side, such as weeks, and calls against team chat?

Say rows and columns of a table are published as sums, its cells are not. Whoever adds up the sums with any weights gets a figure in
which the cell of row i and column j has weight a_i + b_j. Where that is 0, row and column stand on the same level (a_i = -b_j); the
cells with another weight are those between levels. So the figure is of all cells that leave some set of rows and columns: of a *cut*
of the graph whose nodes are rows and columns and whose edges are the cells with transcripts. A table is safe when no cut is of a small
group: then no sum of sums is (Gusfield 1988, "A graph theoretic approach to statistical data security", SIAM J. Comput. 17:552-571).
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import TypeVar

from cs_nlp.signals.privacy import Group

R = TypeVar("R", bound=Hashable)
C = TypeVar("C", bound=Hashable)

_Node = tuple[bool, Hashable]
_Edge = tuple[_Node, _Node]
_Graph = Mapping[_Node, Mapping[_Node, _Edge]]


def is_safe_table(cells: Mapping[tuple[R, C], Group], k: int) -> bool:
    """Whether the sums of all rows and of all columns can be published together.

    Args:
        cells: who stands behind each cell, by row and column; cells that share no transcript.
        k: smallest group.

    Returns:
        True when no row, no column, and nothing that follows from them by adding and subtracting is of a small group. Of what follows
        only people and transcripts are counted, not whether one person said most of it.
    """
    filled = {place: group for place, group in cells.items() if group.transcripts}
    rows, columns = _sums(filled, 0), _sums(filled, 1)
    return not any(group.is_small(k) for group in (*rows, *columns)) and not _has_small_cut(filled, k)


def _sums(cells: Mapping[tuple[R, C], Group], side: int) -> list[Group]:
    lines: defaultdict[Hashable, list[Group]] = defaultdict(list)
    for place, group in cells.items():
        lines[place[side]].append(group)
    return [Group.union(own) for own in lines.values()]


def _has_small_cut(cells: Mapping[tuple[R, C], Group], k: int) -> bool:
    edges: dict[_Edge, Group] = {((False, row), (True, column)): group for (row, column), group in cells.items()}
    graph = _graph_of(edges)
    # Nodes joined by large cells are on the same side of every small cut, so one of them stands for all.
    large = _graph_of(edge for edge, group in edges.items() if len(group.parts) >= k and group.transcripts >= k)
    one_of = {node: component[0] for component in _components({node: large.get(node, {}) for node in graph}) for node in component}
    pairs = [(one_of[component[0]], other) for component in _components(graph) for other in {one_of[node] for node in component}]
    return any(
        _few_people_part(graph, edges, pair, k) or _few_transcripts_part(graph, edges, pair, k) for pair in pairs if pair[0] != pair[1]
    )


def _graph_of(edges: Iterable[_Edge]) -> _Graph:
    graph: defaultdict[_Node, dict[_Node, _Edge]] = defaultdict(dict)
    for edge in edges:
        for here, there in (edge, edge[::-1]):
            graph[here][there] = edge
    return graph


def _few_people_part(graph: _Graph, edges: Mapping[_Edge, Group], pair: tuple[_Node, _Node], k: int) -> bool:
    """Whether the cells of fewer than `k` people, taken away, part two nodes.

    Such a cut holds a cell of every path between the nodes, so one of each path's cells must be among those taken away: each
    try adds at least one person, which ends the search after k - 1 of them.
    """

    def search(taken: frozenset[str]) -> bool:
        path = _path(graph, pair, lambda edge: edges[edge].parts.keys() <= taken)
        return path is None or any(len(more) < k and search(more) for more in (taken | edges[edge].people for edge in path))

    return search(frozenset())


def _few_transcripts_part(graph: _Graph, edges: Mapping[_Edge, Group], pair: tuple[_Node, _Node], k: int) -> bool:
    """The same for cells of fewer than `k` transcripts."""

    def search(taken: frozenset[_Edge], transcripts: int) -> bool:
        path = _path(graph, pair, taken.__contains__)
        if path is None:
            return True
        costs = [(edge, transcripts + edges[edge].transcripts) for edge in path]
        return any(cost < k and search(taken | {edge}, cost) for edge, cost in costs)

    return search(frozenset(), 0)


def _path(graph: _Graph, pair: tuple[_Node, _Node], is_taken: Callable[[_Edge], bool]) -> list[_Edge] | None:
    """The edges of a shortest path between two nodes that uses none that is taken, or None."""
    start, end = pair
    came: dict[_Node, tuple[_Node, _Edge] | None] = {start: None}
    queue = deque([start])
    while queue and end not in came:
        node = queue.popleft()
        for other, edge in graph[node].items():
            if other not in came and not is_taken(edge):
                came[other] = (node, edge)
                queue.append(other)
    if end not in came:
        return None
    path: list[_Edge] = []
    step = came[end]
    while step is not None:
        path.append(step[1])
        step = came[step[0]]
    return path


def _components(graph: _Graph) -> Iterable[list[_Node]]:
    left = dict.fromkeys(graph)
    while left:
        component = [next(iter(left))]
        del left[component[0]]
        for node in component:
            new = [other for other in graph[node] if other in left]
            component += new
            for other in new:
                del left[other]
        yield component
