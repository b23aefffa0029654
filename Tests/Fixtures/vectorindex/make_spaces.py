#!/usr/bin/env python3
"""Writes spaces.json: distances and scores of a few vectors, by NumPy in float64, as OpenSearch's documentation of k-NN spaces defines them.

    pip install numpy; python3 make_spaces.py > spaces.json
"""
import json

import numpy as np

rng = np.random.default_rng(11)


def score(space, d):
    if space == "cosinesimil":
        return (2 - d) / 2
    if space == "innerproduct":
        return 1 / (1 + d) if d >= 0 else 1 - d
    return 1 / (1 + d)


def distance(space, x, y):
    x, y = x.astype(np.float64), y.astype(np.float64)
    if space == "l2":
        return float(np.sum((x - y) ** 2))
    if space == "l1":
        return float(np.sum(np.abs(x - y)))
    if space == "linf":
        return float(np.max(np.abs(x - y)))
    if space == "cosinesimil":
        return float(1 - x @ y / np.linalg.norm(x) / np.linalg.norm(y))
    if space == "innerproduct":
        return float(-(x @ y))
    bits = np.unpackbits(x.astype(np.int8).view(np.uint8)) != np.unpackbits(y.astype(np.int8).view(np.uint8))
    return int(np.sum(bits))


cases = []
for element, spaces in (("float", ("l2", "l1", "linf", "cosinesimil", "innerproduct")), ("byte", ("l2", "l1", "linf", "cosinesimil", "innerproduct")), ("binary", ("hamming",))):
    for space in spaces:
        for count in (1, 2, 5, 16, 33, 100, 257):
            if element == "float":
                x, y = (rng.standard_normal(count).astype(np.float32) for _ in range(2))
            else:
                x, y = (rng.integers(-128, 128, count) for _ in range(2))
            d = distance(space, x, y)
            cases.append({"element": element, "space": space, "x": x.tolist(), "y": y.tolist(), "distance": d, "score": score(space, d)})
print("[" + ",\n".join(json.dumps(case) for case in cases) + "]")
