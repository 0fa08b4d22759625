"""The derivative of the output with respect to every node, by one sweep."""

import numpy as np

from autograder.kit import Check

from . import doublings, large_graphs, small_graphs


def small(rng):
    """n, edges (E, 2), the local gradient of each edge (E,), the output."""
    for label, (n, edges, output) in small_graphs(rng):
        yield label, (n, edges, rng.choice([-1, 1], size=len(edges)) * _slopes(rng, 0.5, edges), output)


def large(rng):
    """The same, and 26 doublings, along whose paths nobody gets to an end."""
    for label, (n, edges, output) in large_graphs(rng):
        yield label, (n, edges, _slopes(rng, 0.9, edges), output)
    number = rng.permutation(27)
    edges = rng.permutation(number[np.array(doublings(26))])
    yield "26 doublings, 67,108,864 paths", (27, edges, _slopes(rng, 0.9, edges) / 2, int(number[26]))


def _slopes(rng, least, edges):
    return rng.uniform(least, 2 - least, size=len(edges)).round(2)


def solved(n, edges, local, output):
    """The same by linear algebra: v = unit vector + Dᵀ v, where D[user, input] is the sum of the local gradients."""
    D = np.zeros((n, n))
    np.add.at(D, (edges[:, 1], edges[:, 0]), local)
    return np.linalg.solve(np.eye(n) - D.T, np.eye(n)[output])


check = Check(
    inputs={"small graphs": small, "large graphs": large},
    returns={"small graphs": 0.5, "large graphs": 0.5},
    witness=solved,
    needs=("topological_order",),
)


# %% right: one sweep back
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    total[output] = 1
    for node in reversed(topological_order(n, edges, output)):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[node] * slope
    return total


# %% right: every node asks its users
def error_signals(n, edges, local, output):
    order = [int(node) for node in topological_order(n, edges, output)]
    total = {output: 1.0}
    for node in order[-2::-1]:
        uses = edges[:, 0] == node
        total[node] = sum(total.get(int(user), 0.0) * d for user, d in zip(edges[uses, 1], local[uses]))
    return [total.get(k, 0.0) for k in range(n)]


# %% right: linear algebra
def error_signals(n, edges, local, output):
    D = np.zeros((n, n))
    for (source, user), slope in zip(edges, local):
        D[source, user] += slope
    return np.linalg.inv(np.eye(n) - D)[:, output]


# %% right: n rounds of messages, until nothing moves
def error_signals(n, edges, local, output):
    unit = np.eye(n)[output]
    total, last = unit, None
    while last is None or not np.array_equal(total, last):
        last = total
        total = unit + np.bincount(edges[:, 0], last[edges[:, 1]] * local, n)
    return total


# %% right: forward mode, for all nodes at once
def error_signals(n, edges, local, output):
    moved = np.eye(n)
    for node in topological_order(n, edges, output):
        into = edges[:, 1] == int(node)
        moved[int(node)] += local[into] @ moved[edges[into, 0]]
    return moved[output]


# %% right: each answer kept once it is known
def error_signals(n, edges, local, output):
    known = {output: 1.0}
    uses = [[] for _ in range(n)]
    for (source, user), slope in zip(edges.tolist(), local.tolist()):
        uses[source].append((user, slope))

    def signal(node):
        if node not in known:
            known[node] = sum(signal(user) * slope for user, slope in uses[node])
        return known[node]

    return np.array([signal(node) for node in range(n)])


# %% wrong: not_accumulated "A node with several users kept the message of only one of them: messages add up."
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    total[output] = 1
    for node in reversed(topological_order(n, edges, output)):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] = total[int(node)] * slope
    return total


# %% wrong: the message of the last user that is asked -> not_accumulated
def error_signals(n, edges, local, output):
    total = {output: 1.0}
    for node in map(int, topological_order(n, edges, output)[::-1]):
        for k in np.flatnonzero(edges[:, 1] == node):
            total |= {int(edges[k, 0]): local[k] * total[node]}
    return [total.get(k, 0.0) for k in range(n)]


# %% wrong: slopes_ignored "The local gradients do not enter: what came are numbers of paths."
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    total[output] = 1
    for node in reversed(topological_order(n, edges, output)):
        for source, user in edges:
            if user == node:
                total[source] += total[int(node)]
    return total


# %% wrong: paths counted -> slopes_ignored
def error_signals(n, edges, local, output):
    D = np.zeros((n, n))
    np.add.at(D, (edges[:, 0], edges[:, 1]), 1.0)
    return np.linalg.inv(np.eye(n) - D)[:, output].round()


# %% wrong: output_starts_at_zero "Everything is 0: what is the derivative of the output with respect to itself?"
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    for node in reversed(topological_order(n, edges, output)):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[int(node)] * slope
    return total


# %% wrong: nothing is ever sent -> output_starts_at_zero
def error_signals(n, edges, local, output):
    return np.zeros(n) * np.sum(local)


# %% wrong: output_itself_zero "The output's own error signal is 0: it is 1, and all others come from it."
def error_signals(n, edges, local, output):
    D = np.zeros((n, n))
    np.add.at(D, (edges[:, 0], edges[:, 1]), local)
    return np.linalg.inv(np.eye(n) - D)[:, output] - np.eye(n)[output]


# %% wrong: spent when it is passed on -> output_itself_zero
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    total[output] = 1
    for node in reversed(topological_order(n, edges, output)):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[int(node)] * slope
    total[output] = 0
    return total


# %% wrong: forward_order "The sweep went forward: nodes passed on what they had before their users told them all."
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    total[output] = 1
    for node in topological_order(n, edges, output):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[int(node)] * slope
    return total


# %% wrong: only the output had anything to pass on -> forward_order
def error_signals(n, edges, local, output):
    total = np.bincount(edges[:, 0], local * (edges[:, 1] == output), n)
    total[output] += 1
    return total


# %% wrong: edges_counted_once "A gate that uses its input twice sends two messages: one of them was lost."
def error_signals(n, edges, local, output):
    D = np.zeros((n, n))
    D[edges[:, 0], edges[:, 1]] = local
    return np.linalg.inv(np.eye(n) - D)[:, output]


# %% wrong: a dictionary with one slope for each pair -> edges_counted_once
def error_signals(n, edges, local, output):
    slopes = {(int(source), int(user)): slope for (source, user), slope in zip(edges, local)}
    total = np.zeros(n)
    total[output] = 1
    for node in reversed(topological_order(n, edges, output)):
        for (source, user), slope in slopes.items():
            if user == node:
                total[source] += total[int(node)] * slope
    return total


# %% wrong: users_averaged "The messages of a node's users were averaged: they add up."
def error_signals(n, edges, local, output):
    total, came = np.zeros(n), np.zeros(n)
    total[output] = came[output] = 1
    for node in reversed(topological_order(n, edges, output)):
        node = int(node)
        total[node] /= came[node]
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[node] * slope
                came[source] += 1
    return total


# %% wrong: divided by how many messages came -> users_averaged
def error_signals(n, edges, local, output):
    order = [int(node) for node in topological_order(n, edges, output)]
    total = {output: 1.0}
    for node in order[-2::-1]:
        uses = (edges[:, 0] == node) & np.isin(edges[:, 1], order)
        total[node] = np.mean([total[int(user)] * slope for user, slope in zip(edges[uses, 1], local[uses])])
    return np.array([total.get(k, 0.0) for k in range(n)])


# %% wrong: totals_start_at_one "All running totals start at 1: only the output's does."
def error_signals(n, edges, local, output):
    total = np.ones(n)
    for node in reversed(topological_order(n, edges, output)):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[int(node)] * slope
    return total


# %% wrong: linear algebra with ones for the unit vector -> totals_start_at_one
def error_signals(n, edges, local, output):
    D, needed = np.zeros((n, n)), np.zeros(n, dtype=bool)
    needed[[int(node) for node in topological_order(n, edges, output)]] = True
    np.add.at(D, (edges[:, 0], edges[:, 1]), local * needed[edges[:, 1]])
    return np.linalg.solve(np.eye(n) - D, np.ones(n))


# %% wrong: slopes_added "Along a path the local gradients were added: they are multiplied."
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    total[output] = 1
    for node in reversed(topological_order(n, edges, output)):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[int(node)] + slope
    return total


# %% wrong: each message is the user's total and a slope -> slopes_added
def error_signals(n, edges, local, output):
    total = {output: 1.0}
    for node in map(int, topological_order(n, edges, output)[::-1]):
        for (source, _), slope in zip(edges[edges[:, 1] == node], local[edges[:, 1] == node]):
            total[int(source)] = total.get(int(source), 0.0) + slope + total[node]
    return np.array([total.get(k, 0.0) for k in range(n)])


# %% wrong: 1 where the output does not depend on it -> none keeps 0.5
def error_signals(n, edges, local, output):
    D = np.zeros((n, n))
    np.add.at(D, (edges[:, 0], edges[:, 1]), local)
    signals = np.linalg.inv(np.eye(n) - D)[:, output]
    return np.where(signals == 0, 1.0, signals)


# %% wrong: along every path -> timed_out
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    inputs = [[] for _ in range(n)]
    for (source, user), slope in zip(edges.tolist(), local.tolist()):
        inputs[user].append((source, slope))

    def pass_on(node, message):
        total[node] += message
        for source, slope in inputs[node]:
            pass_on(source, message * slope)

    pass_on(output, 1.0)
    return total


# %% wrong: three rounds of messages, each in place of the last -> none
def error_signals(n, edges, local, output):
    total = np.eye(n)[output]
    for _ in range(3):
        total = np.eye(n)[output] + np.bincount(edges[:, 0], total[edges[:, 1]] * local, n)
    return total


# %% wrong: the running total is passed on each time -> none
def error_signals(n, edges, local, output):
    total, todo = np.zeros(n), [(output, 1.0)]
    while todo and len(todo) < 500:
        node, message = todo.pop(0)
        total[node] += message
        todo += [(source, total[node] * slope) for (source, user), slope in zip(edges, local) if user == node]
    return total


# %% wrong: ten steps back at most -> none keeps 0.5
def error_signals(n, edges, local, output):
    total = unit = np.eye(n)[output]
    for _ in range(12):
        total = unit + np.bincount(edges[:, 0], total[edges[:, 1]] * local, n)
    return total


# %% wrong: in the order of the list, not of the numbers -> none
def error_signals(n, edges, local, output):
    total = dict.fromkeys(range(n), 0.0)
    total[output] = 1.0
    order = [int(node) for node in topological_order(n, edges, output)]
    for node in reversed(order):
        for (source, user), slope in zip(edges, local):
            if user == node:
                total[source] += total[node] * slope
    return [total[node] for node in order]


# %% wrong: a dictionary -> wrong_type
def error_signals(n, edges, local, output):
    return {int(node): 1.0 for node in topological_order(n, edges, output)}


# %% wrong: passed_on_early "A node passed on its total before it was complete: some of its users had not sent theirs."
def error_signals(n, edges, local, output):
    total = np.zeros(n)
    total[output] = 1
    todo, seen = [output], {output}
    while todo:
        node = todo.pop(0)
        for (source, user), slope in zip(edges.tolist(), local):
            if user == node:
                total[source] += total[node] * slope
                if source not in seen:
                    seen.add(source)
                    todo.append(source)
    return total


# %% wrong: by the distance from the output -> passed_on_early
def error_signals(n, edges, local, output):
    found, total = [output], {output: 1.0}
    for node in found:
        rows = np.flatnonzero(edges[:, 1] == node)
        for k in rows:
            source = int(edges[k, 0])
            total[source] = total.get(source, 0.0) + local[k] * total[node]
        found += [s for s in dict.fromkeys(edges[rows, 0].tolist()) if s not in found]
    return [total.get(k, 0.0) for k in range(n)]
