"""PyTorch's answers for the models of Tests/Fixtures/artifacts, and comparisons with them."""
import functools
import json
import math
import pathlib

FIXTURES = pathlib.Path(__file__).resolve().parents[1] / "Fixtures/artifacts"


@functools.cache
def expected():
    """expected.json of make_artifacts.py: texts and pairs, and what the traced modules make of them."""
    return json.loads((FIXTURES / "expected.json").read_text(encoding="utf-8"))


def values(prediction):
    """The first number of the first tensor of every document."""
    return [result["output"][0]["data"][0] for result in prediction["inference_results"]]


def same_weights(found, wanted, tolerance=1e-3):
    """Sparse vectors are the same: the same tokens, but for those whose weight is about zero, and the same weights."""
    assert found, "an empty vector"
    for token in found.keys() | wanted.keys():
        assert abs(found.get(token, 0) - wanted.get(token, 0)) <= tolerance, (token, found.get(token), wanted.get(token))
    missing = {token for token in wanted.keys() ^ found.keys() if max(found.get(token, 0), wanted.get(token, 0)) > 1e-5}
    assert not missing, missing


def cosine(a, b):
    """The cosine of two vectors of one length."""
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    return dot / math.sqrt(sum(x * x for x in a) * sum(y * y for y in b))
