"""The nodes that an output depends on, each once and after its inputs."""

from autograder.kit import View, check

from . import large_graphs, small_graphs

# how many numbers came, how often each node came, whether one of its inputs stands behind it
LISTED = View(
    "(lambda is_at: (lambda times, at, i, u: [order.size, *times,"
    " *(np.bincount(u[(times[i] > 0) & (times[u] > 0) & (at[i] >= at[u])], minlength=n) > 0)])"
    "(is_at.sum(axis=0), is_at.argmax(axis=0), *edges.T))(np.append(order, -1)[:9999, None] == np.arange(n))",
    {"order": (None,)},
    ("n", "edges", "output"),
    (
        "next((f'node {k} comes {came:.0f} times.' for k, came in enumerate(got[1 : n + 1]) if came > 1), '')"
        " or next((f'the list has {order.size} nodes, {want[0]:.0f} are needed: node {k} is missing.'"
        " for k in range(n) if got[k + 1] < want[k + 1]), '')"
        " or next((f'the list has {order.size} nodes, {want[0]:.0f} are needed: node {k} is not.'"
        " for k in range(n) if got[k + 1] > want[k + 1]), '')"
        " or next((f'node {user} stands before its input {source}.' for source, user in edges"
        " if got[n + 1 + user] and np.argmax(order == source) > np.argmax(order == user)), '')"
        " or f'the list has {order.size} numbers, {want[0]:.0f} are needed: some are no numbers of nodes.'",
    ),
)


def wanted(n, edges, output):
    """What LISTED is where each node that the output depends on stands once, and after its inputs."""
    needed = {output}
    while more := {source for source, user in edges.tolist() if user in needed} - needed:
        needed |= more
    return [len(needed), *[k in needed for k in range(n)], *[0] * n]


@check(weights={"small graphs": 0.5, "large graphs": 0.5}, view=LISTED)
def examined(blank):
    for property, make in {"small graphs": small_graphs, "large graphs": large_graphs}.items():
        for case in blank.cases(make):
            listed = blank.view((blank.call("topological_order", *case.args),))
            blank.close(property, listed, wanted(*case.args))


# %% right: each node's inputs first, and nobody twice
def topological_order(n, edges, output):
    inputs = {}
    for source, user in edges:
        inputs.setdefault(user, []).append(source)
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for source in inputs.get(node, []):
                visit(source)
            order.append(int(node))

    visit(output)
    return order


# %% same: order.append(node) "The number of a node is an integer, if no other function has made a float of it."


# %% right: a stack in place of recursion
def topological_order(n, edges, output):
    order, seen, stack = [], set(), [(output, False)]
    while stack:
        node, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(node)
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            stack += [(source, False) for source, user in edges.tolist() if user == node]
    return order


# %% right: whoever has all its inputs comes next
def topological_order(n, edges, output):
    inputs = [set() for _ in range(n)]
    for source, user in edges.tolist():
        inputs[user].add(source)
    needed = {output}
    for _ in range(n):
        needed = needed.union(*(inputs[node] for node in needed))
    order = []
    while needed:
        ready = {node for node in needed if inputs[node] <= {*order}}
        order += ready
        needed -= ready
    return order


# %% right: users counted down, from the output back
def topological_order(n, edges, output):
    needed, todo = {output}, [output]
    while todo:
        node = todo.pop()
        for source, user in edges.tolist():
            if user == node and source not in needed:
                needed.add(source)
                todo.append(source)
    left = {node: sum(source == node and user in needed for source, user in edges.tolist()) for node in needed}
    backward, ready = [], [output]
    while ready:
        node = ready.pop(0)
        backward.append(node)
        for source, user in edges.tolist():
            if user == node:
                left[source] -= 1
                if left[source] == 0:
                    ready.append(source)
    return backward[::-1]


# %% right: sorted by the longest way from the variables
def topological_order(n, edges, output):
    depth = np.zeros(n)
    for _ in range(n):
        for source, user in edges.tolist():
            depth[user] = max(depth[user], depth[source] + 1)
    reached = np.zeros(n, dtype=bool)
    reached[output] = True
    for _ in range(n):
        for source, user in edges.tolist():
            reached[source] |= reached[user]
    return np.array([node for node in np.argsort(depth) if reached[node]])


# %% right: powers of the matrix of edges
def topological_order(n, edges, output):
    uses = np.zeros((n, n), dtype=bool)
    uses[edges[:, 1], edges[:, 0]] = True
    below = uses | np.eye(n, dtype=bool)
    for _ in range(8):
        below = (below.astype(int) @ below.astype(int)) > 0
    needed = np.flatnonzero(below[output])
    return needed[np.argsort(below[needed].sum(axis=1), kind="stable")].tolist()


# %% wrong: users_first "Every node stands before its inputs: this is the order in which the sweep goes back."
def topological_order(n, edges, output):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for source, user in edges:
                if user == node:
                    visit(source)
            order.append(node)

    visit(output)
    return order[::-1]


# %% wrong: from the output back -> users_first
def topological_order(n, edges, output):
    depth = {output: 0}
    for _ in range(n):
        for source, user in edges:
            if user in depth:
                depth[source] = max(depth.get(source, 0), depth[user] + 1)
    return sorted(depth, key=depth.get)


# %% wrong: nodes_repeated "Nodes come more than once: a node with several users needs one place only."
def topological_order(n, edges, output):
    order = []
    for source, user in edges:
        if user == output:
            order += topological_order(n, edges, source)
    return order + [output]


# %% wrong: visited along every path -> nodes_repeated
def topological_order(n, edges, output):
    order, stack = [], [(output, False)]
    while stack:
        node, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(node)
        else:
            stack.append((node, True))
            stack += [(source, False) for source, user in edges if user == node]
    return order


# %% wrong: not_needed_too keeps 0.5 "There are nodes in it that the output does not depend on."
def topological_order(n, edges, output):
    inputs = [{source for source, user in edges if user == node} for node in range(n)]
    order, left = [], {*range(n)}
    while left:
        ready = {node for node in left if inputs[node] <= {*order}}
        order += ready
        left -= ready
    return order


# %% wrong: all nodes, by the longest way to each -> not_needed_too keeps 0.5
def topological_order(n, edges, output):
    depth = np.zeros(n)
    for _ in range(n):
        for source, user in edges:
            depth[user] = max(depth[user], depth[source] + 1)
    return np.argsort(depth)


# %% wrong: output_left_out "The output is not in the list: it is the last node that is computed."
def topological_order(n, edges, output):
    order = []

    def visit(node):
        for source, user in edges:
            if user == node and source not in order:
                visit(source)
                order.append(source)

    visit(output)
    return order


# %% wrong: all but the last -> output_left_out
def topological_order(n, edges, output):
    order, seen, stack = [], {output}, [(output, False)]
    while stack:
        node, inputs_are_done = stack.pop()
        if inputs_are_done:
            order.append(node)
            continue
        stack.append((node, True))
        for source, user in edges:
            if user == node and source not in order:
                stack.append((source, False))
    return [node for k, node in enumerate(order[:-1]) if node not in order[:k]]


# %% wrong: variables_left_out "Nodes without inputs are not in the list: they are computed from, and get gradients."
def topological_order(n, edges, output):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            sources = [source for source, user in edges if user == node]
            for source in sources:
                visit(source)
            if sources:
                order.append(node)

    visit(output)
    return order


# %% wrong: gates alone -> variables_left_out
def topological_order(n, edges, output):
    depth = np.zeros(n)
    for _ in range(n):
        for source, user in edges:
            depth[user] = max(depth[user], depth[source] + 1)
    needed = {output}
    for _ in range(n):
        needed |= {source for source, user in edges if user in needed}
    return [node for node in np.argsort(depth, kind="stable") if node in needed and depth[node] > 0]


# %% wrong: numbers_for_order "The nodes stand in the order of their numbers, which say nothing of who needs whom."
def topological_order(n, edges, output):
    needed = {output}
    for _ in range(n):
        needed |= {source for source, user in edges if user in needed}
    return sorted(needed)


# %% wrong: in the order of the table -> numbers_for_order
def topological_order(n, edges, output):
    reached = np.zeros(n, dtype=bool)
    reached[output] = True
    for _ in range(n):
        for source, user in edges:
            reached[source] |= reached[user]
    return np.flatnonzero(reached)


# %% wrong: breadth first, turned round -> none
def topological_order(n, edges, output):
    order = [output]
    for node in order:
        order += [source for source in {s for s, user in edges if user == node} if source not in order]
    return order[::-1]


# %% wrong: written_too_early "A node was written down before its inputs: one that is reached early may be used again."
def topological_order(n, edges, output):
    order = []

    def visit(node):
        if node not in order:
            order.append(node)
            for source, user in edges:
                if user == node:
                    visit(source)

    visit(output)
    return order[::-1]


# %% wrong: from a stack, turned round -> written_too_early
def topological_order(n, edges, output):
    order, stack = [], [output]
    while stack:
        node = stack.pop()
        if node not in order:
            order.append(node)
            stack += edges[edges[:, 1] == node, 0][::-1].tolist()
    return np.array(order[::-1])


# %% wrong: users_for_inputs "The list follows the edges to the users: each row of the table is an input and its user."
def topological_order(n, edges, output):
    order = []

    def visit(node):
        if node not in order:
            for user, source in edges:
                if user == node:
                    visit(source)
            order.append(node)

    visit(output)
    return order


# %% wrong: whatever depends on the output -> users_for_inputs
def topological_order(n, edges, output):
    uses = np.zeros((n, n))
    uses[edges[:, 0], edges[:, 1]] = 1
    above = np.linalg.matrix_power(np.eye(n) + uses, n)
    nodes = np.flatnonzero(above[output])
    return nodes[np.argsort(np.count_nonzero(above[nodes], axis=1), kind="stable")]


# %% wrong: output_twice "The output stands in the list twice: the search had written it down already."
def topological_order(n, edges, output):
    order, seen = [], set()

    def visit(node):
        if node not in seen:
            seen.add(node)
            for source, user in edges:
                if user == node:
                    visit(source)
            order.append(node)

    visit(output)
    return order + [output]


# %% wrong: what has all its inputs, and the output once more -> output_twice
def topological_order(n, edges, output):
    needed, order = {output}, []
    for _ in range(n):
        needed |= {source for source, user in edges if user in needed}
    while needed:
        ready = sorted(node for node in needed if not needed & {s for s, user in edges if user == node})
        order += ready
        needed -= {*ready}
    order.append(output)
    return order


# %% wrong: as the edges come -> none
def topological_order(n, edges, output):
    order = []
    for source, user in edges:
        order += [node for node in (source, user) if node not in order]
    return [node for node in order if node != output] + [output]


# %% wrong: ten rounds of exchanging neighbours in the table -> none keeps 0.5
def topological_order(n, edges, output):
    needed = {output}
    for _ in range(n):
        needed |= {source for source, user in edges if user in needed}
    depth = dict.fromkeys(needed, 0)
    for _ in range(12):
        for source, user in edges:
            if user in needed:
                depth[user] = max(depth[user], depth[source] + 1)
    return sorted(needed, key=depth.get)


# %% wrong: the inputs of the output alone -> none
def topological_order(n, edges, output):
    return [*{source for source, user in edges if user == output}, output]


# %% wrong: a list for each node -> wrong_shape
def topological_order(n, edges, output):
    return [[source for source, user in edges if user == node] for node in range(n)]


# %% wrong: edges for nodes -> wrong_shape
def topological_order(n, edges, output):
    return edges


# %% wrong: a set -> wrong_type
def topological_order(n, edges, output):
    needed = {int(output)}
    for _ in range(n):
        needed |= {int(source) for source, user in edges if user in needed}
    return needed
