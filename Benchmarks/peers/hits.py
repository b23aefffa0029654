"""Whether two engines gave the same hits."""


def different(first, second, limit, tolerance=1e-5):
    """Why two results are not equal; None where they are.

    A result is {"total": number or absent, "hits": [[document, score], ...]} with at most `limit` hits. Scores are equal within
    `tolerance`, relative; hits of equal score may come in any order, and where the list is full, the last of them may be others.
    """
    if first.get("total") != second.get("total"):
        return f"{first.get('total')} matches and {second.get('total')}"
    a, b = first["hits"], second["hits"]
    if len(a) != len(b):
        return f"{len(a)} hits and {len(b)}"

    def close(x, y):
        return abs(x - y) <= tolerance * max(abs(x), abs(y))

    for place, (x, y) in enumerate(zip(a, b)):
        if not close(x[1], y[1]):
            return f"place {place + 1}: {x} and {y}"
    last = a[-1][1] if len(a) == limit else None
    for these, others in ((a, dict(map(tuple, b))), (b, dict(map(tuple, a)))):
        for document, score in these:
            if document in others:
                if not close(score, others[document]):
                    return f"{document}: {score} and {others[document]}"
            elif last is None or not close(score, last):
                return f"{document} ({score}) is in one only"
    return None
