"""Flower's and ByzFL's aggregation rules as their documentation and papers describe them, in numpy and torch.

robust.py RULE N D THREADS: for each line on stdin, aggregates once and prints the seconds that it took.
RULE is flower-KERNEL (arrays of numpy) or byzfl-KERNEL (tensors of torch).
"""

import sys
import time
from functools import reduce


def flower(kernel, n, d):
    import numpy as np

    rng = np.random.default_rng(1)
    rows = [rng.random(d, dtype=np.float32) * 2 - 1 for _ in range(n)]
    examples = [1] * n
    trim = n // 4

    def weighted_mean():
        # Each client's layer times its number of examples, added up one by one, over the total.
        return reduce(np.add, [row * count for row, count in zip(rows, examples)]) / sum(examples)

    def median():
        return np.median(np.asarray(rows), axis=0)

    def trimmed_mean():
        ordered = np.partition(np.asarray(rows), (trim, n - trim - 1), axis=0)
        return np.mean(ordered[trim : n - trim], axis=0)

    def gram():
        # Krum's distances, a norm for each pair.
        stacked = np.array(rows)
        distances = np.zeros((n, n))
        for i in range(n):
            for j in range(n):
                distances[i, j] = np.linalg.norm(stacked[i] - stacked[j]) ** 2
        return distances

    return {"weighted-mean": weighted_mean, "median": median, "trimmed-mean": trimmed_mean, "gram": gram}[kernel]


def byzfl(kernel, n, d, threads):
    import torch

    torch.set_num_threads(threads)
    torch.manual_seed(1)
    rows = torch.rand(n, d) * 2 - 1
    trim = n // 4

    def weighted_mean():
        return rows.mean(dim=0)

    def median():
        return rows.median(dim=0)[0]

    def trimmed_mean():
        return rows.sort(dim=0)[0][trim : n - trim].mean(dim=0)

    def gram():
        # Krum's distances.
        return torch.cdist(rows, rows)

    return {"weighted-mean": weighted_mean, "median": median, "trimmed-mean": trimmed_mean, "gram": gram}[kernel]


def main():
    rule, n, d, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    library, kernel = rule.split("-", 1)
    run = flower(kernel, n, d) if library == "flower" else byzfl(kernel, n, d, threads)
    for _ in sys.stdin:
        start = time.perf_counter()
        run()
        print(f"{time.perf_counter() - start:.9f}", flush=True)


main()
