#!/usr/bin/env python3
"""Writes losses.json: inputs, values and gradients of sentence-transformers' own loss classes, computed in float64.

    python3 -m venv .venv && .venv/bin/pip install torch sentence-transformers==6.2.0
    .venv/bin/python make_losses.py

The models are fakes whose embeddings or logits are the leaf tensors of the case: random float32 numbers of odd shapes. A few classes cast to
float32 with `Tensor.float()`; here that gives float64 too, so that the stored numbers are the formula's, not its rounding.
Cases name losses and parameters as Needletail's configurations do.
"""
import json
import pathlib
import warnings

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
torch.Tensor.float = torch.Tensor.double
warnings.filterwarnings("ignore")

from sentence_transformers import util
from sentence_transformers.cross_encoder import CrossEncoder
from sentence_transformers.cross_encoder import losses as cross
from sentence_transformers.sentence_transformer import losses as dense
from sentence_transformers.sentence_transformer.losses import gist_embed, margin_mse, multiple_negatives_ranking, triplet
from sentence_transformers.sentence_transformer.losses.contrastive import SiameseDistanceMetric
from sentence_transformers.sentence_transformer.losses.triplet import TripletDistanceMetric
from sentence_transformers.sparse_encoder import losses as sparse
from sentence_transformers.sparse_encoder.callbacks.splade_callbacks import SpladeRegularizerWeightSchedulerCallback
from sentence_transformers.sparse_encoder.losses import splade as splade_loss
from sentence_transformers.sparse_encoder.modules import SparseStaticEmbedding

rng = np.random.default_rng(8)
cases = {"embeddings": [], "logits": []}


def columns(count, rows, width, spread=1.0, zeros=0.0):
    values = (spread * rng.standard_normal((count, rows, width))).astype(np.float32)
    if zeros:
        values = np.abs(values) * (rng.random(values.shape) >= zeros)
    return values.astype(np.float32)


def plain(array):
    """Numbers as short as they read back to the same float32, or to 11 digits."""
    if isinstance(array, torch.Tensor):
        array = array.detach().numpy()
    if array.dtype == np.float32:
        return json.loads(json.dumps(array.tolist(), default=float), parse_float=lambda text: float(np.format_float_positional(np.float32(text), unique=True)))
    return np.vectorize(lambda x: float(f"{x:.11g}"))(array).tolist()


def embedding(name, model, settings, make, values, labels=None, guide=None, smooth=True):
    """One case: `make` gets the leaf tensors and the labels and returns a value or sentence-transformers' parts."""
    leaves = [torch.tensor(column, dtype=torch.float64, requires_grad=True) for column in values]
    target = None if labels is None else torch.tensor(np.asarray(labels, dtype=np.float32), dtype=torch.float64)
    result = make(leaves, target)
    parts = result if isinstance(result, dict) else {}
    total = sum(parts.values()) if parts else result
    total.backward()
    case = {
        "loss": name, "model": model, "settings": settings, "smooth": smooth, "columns": [plain(column) for column in values],
        "value": total.item(), "parts": {key: value.item() for key, value in parts.items()},
        "gradients": [plain(leaf.grad if leaf.grad is not None else torch.zeros_like(leaf)) for leaf in leaves],
    }
    if labels is not None:
        rows = np.asarray(labels, dtype=np.float32)
        case["labels"] = plain(rows.reshape(len(rows), -1))
    if guide is not None:
        case["guide"] = [plain(column) for column in guide]
    cases["embeddings"].append(case)


class Student(nn.Module):
    """A model whose features are the embeddings."""

    def __init__(self, width=None):
        super().__init__()
        self.width = width

    def forward(self, features):
        return {"sentence_embedding": features["leaf"]}

    def get_embedding_dimension(self):
        return self.width


def separately(model, features, **_):
    return [model(feature)["sentence_embedding"] for feature in features]


for module in (margin_mse, multiple_negatives_ranking, splade_loss, triplet):
    module.embed_columns = separately


def on_columns(loss):
    return lambda leaves, labels: loss.compute_loss_from_embeddings(leaves, labels)


SIMILARITIES = {"cosine": util.cos_sim, "dot": util.dot_score}
PAIRWISE = {"cosine": util.pairwise_cos_sim, "dot": util.pairwise_dot_score}


def mnrl(settings):
    return dense.MultipleNegativesRankingLoss(
        Student(), scale=settings.get("scale", 20.0), similarity_fct=SIMILARITIES[settings.get("similarity", "cosine")],
        directions=tuple(settings.get("directions", ["query_to_doc"])), partition_mode=settings.get("partition", "joint"),
        hardness_mode=settings.get("hardness"), hardness_strength=settings.get("hardness_strength", 0.0))


ALL = ["query_to_doc", "query_to_query", "doc_to_query", "doc_to_doc"]
for settings, shape in (
    ({}, (2, 5, 7)), ({}, (4, 3, 9)), ({}, (2, 1, 4)), ({"scale": 50}, (3, 4, 8)), ({"scale": 1, "similarity": "dot"}, (2, 6, 3)),
    ({"directions": ["query_to_doc", "doc_to_query"], "partition": "per_direction"}, (2, 4, 5)),
    ({"directions": ["query_to_doc", "doc_to_query"]}, (3, 4, 5)), ({"directions": ALL}, (2, 5, 6)), ({"directions": ALL}, (4, 3, 6)),
    ({"directions": ["query_to_doc", "doc_to_doc"], "similarity": "dot", "scale": 0.5}, (3, 3, 4)),
    ({"directions": ["query_to_doc", "query_to_query"]}, (2, 3, 17)),
    ({"hardness": "in_batch_negatives", "hardness_strength": 9}, (3, 4, 6)),
    ({"hardness": "hard_negatives", "hardness_strength": 5}, (4, 3, 6)),
    ({"hardness": "all_negatives", "hardness_strength": 3, "directions": ALL}, (3, 3, 6)),
):
    # What hardness adds is a constant to the gradient, not to the slope.
    embedding("mnrl", "dense", settings, on_columns(mnrl(settings)), columns(*shape), smooth="hardness" not in settings)
embedding("cached-mnrl", "dense", {"chunk": 2}, on_columns(mnrl({})), columns(3, 5, 6))
# A row of zeros, and one of the same direction as another.
values = columns(2, 4, 6)
values[1, 2] = 0
values[0, 1] = 2 * values[0, 0]
embedding("mnrl", "dense", {}, on_columns(mnrl({})), values, smooth=False)

for similarity in ("dot", "cosine"):
    loss = dense.MarginMSELoss(Student(), similarity_fct=PAIRWISE[similarity])
    for count, labels in ((3, 1), (3, 2), (5, 3), (5, 4)):
        embedding(
            "margin-mse", "dense", {"similarity": similarity}, on_columns(loss), columns(count, 4, 7),
            rng.standard_normal((4, labels)) * 3)
for settings, temperatures in (
    ({}, {}), ({"temperature": 0.05, "similarity": "cosine"}, {"temperature": 0.05, "similarity_fct": util.pairwise_cos_sim}),
    ({"temperature": 2, "teacher_temperature": 0.5}, {"temperature": 2.0, "teacher_temperature": 0.5}),
    ({"student_temperature": 3}, {"student_temperature": 3.0}),
):
    for shape in ((3, 5, 6), (5, 3, 7)):
        loss = dense.DistillKLDivLoss(Student(), **temperatures)
        embedding("kl", "dense", settings, on_columns(loss), columns(*shape), rng.standard_normal((shape[1], shape[0] - 1)) * 4)
METRICS = {"euclidean": TripletDistanceMetric.EUCLIDEAN, "cosine": TripletDistanceMetric.COSINE, "manhattan": TripletDistanceMetric.MANHATTAN}
for distance, margin in (("euclidean", 5), ("euclidean", 0.5), ("cosine", 0.3), ("manhattan", 2)):
    loss = dense.TripletLoss(Student(), distance_metric=METRICS[distance], triplet_margin=margin)
    embedding("triplet", "dense", {"distance": distance, "margin": margin}, on_columns(loss), columns(3, 6, 7))
values = columns(3, 3, 5)
values[1, 1] = values[0, 1]
embedding("triplet", "dense", {}, on_columns(dense.TripletLoss(Student())), values, smooth=False)
for scale in (20, 3):
    loss = dense.CoSENTLoss(Student(), scale=float(scale))
    embedding("cosent", "dense", {"scale": scale}, on_columns(loss), columns(2, 7, 5), np.round(rng.random(7) * 4) / 4)
embedding("cosent", "dense", {}, on_columns(dense.CoSENTLoss(Student())), columns(2, 3, 5), [1, 1, 1])
for width in (6, 7):
    loss = dense.AnglELoss(Student())
    embedding("angle", "dense", {}, on_columns(loss), columns(2, 6, width), rng.random(6))
    embedding("angle", "dense", {}, on_columns(loss), columns(4, 3, width))
    embedding("angle", "dense", {"scale": 2}, on_columns(dense.AnglELoss(Student(), scale=2.0)), columns(3, 4, width), [1, 0.8, 1, 0.3])
SIAMESE = {"cosine": SiameseDistanceMetric.COSINE_DISTANCE, "euclidean": SiameseDistanceMetric.EUCLIDEAN, "manhattan": SiameseDistanceMetric.MANHATTAN}
for distance, margin in (("cosine", 0.5), ("cosine", 1.5), ("euclidean", 4), ("manhattan", 6)):
    loss = dense.ContrastiveLoss(Student(), distance_metric=SIAMESE[distance], margin=margin)
    embedding("contrastive", "dense", {"distance": distance, "margin": margin}, on_columns(loss), columns(2, 7, 5), [1, 0, 0, 1, 0, 0.25, 0])


def gist(settings, values, guide):
    loss = dense.GISTEmbedLoss.__new__(dense.GISTEmbedLoss)
    nn.Module.__init__(loss)
    loss.model, loss.guide = Student(), Student()
    loss.temperature, loss.must_retokenize, loss.gather_across_devices = settings.get("temperature", 0.01), False, False
    loss.margin_strategy, loss.margin = settings.get("margin_strategy", "absolute"), settings.get("margin", 0.0)
    loss.contrast_anchors, loss.contrast_positives = settings.get("contrast_anchors", True), settings.get("contrast_positives", True)
    loss.similarity_fct, loss.cross_entropy_loss = nn.CosineSimilarity(dim=-1), nn.CrossEntropyLoss()
    guide_leaves = [torch.tensor(column, dtype=torch.float64) for column in guide]

    def make(leaves, labels):
        gist_embed.embed_columns = lambda model, _: leaves if model is loss.model else guide_leaves
        return loss([{"leaf": leaf} for leaf in leaves], labels)

    embedding("gist", "dense", settings, make, values, guide=guide)


for settings in ({"temperature": 0.1}, {"temperature": 0.2, "margin_strategy": "relative", "margin": 0.05},
                 {"temperature": 0.5, "contrast_anchors": False, "margin": 0.1}, {"contrast_positives": False, "temperature": 0.1}):
    for count in (2, 3):
        gist(settings, columns(count, 5, 6), columns(count, 5, 4))


def matryoshka(settings, inner, width):
    student = Student(width)
    wrapped = dense.MatryoshkaLoss(student, inner(student), settings["dims"], settings.get("weights"))

    def make(leaves, labels):
        return wrapped([{"leaf": leaf} for leaf in leaves], labels)

    return make


for settings, shape in (({"dims": [9, 5, 2]}, (3, 4, 9)), ({"dims": [3, 8], "weights": [0.25, 2]}, (2, 5, 8))):
    make = matryoshka(settings, lambda student: dense.MultipleNegativesRankingLoss(student), shape[2])
    embedding("matryoshka", "dense", settings, make, columns(*shape))
settings = {"dims": [8, 4], "loss": "mnrl", "scale": 5, "directions": ["query_to_doc", "doc_to_query"], "partition": "per_direction"}
make = matryoshka(settings, lambda student: dense.MultipleNegativesRankingLoss(
    student, scale=5.0, directions=("query_to_doc", "doc_to_query"), partition_mode="per_direction"), 8)
embedding("matryoshka", "dense", settings, make, columns(2, 4, 8))
settings = {"dims": [8, 3], "loss": "margin-mse"}
embedding("matryoshka", "dense", settings, matryoshka(settings, lambda student: dense.MarginMSELoss(student), 8), columns(3, 4, 8), rng.standard_normal((4, 1)))
settings = {"dims": [8, 3], "loss": "triplet", "margin": 1}
embedding("matryoshka", "dense", settings, matryoshka(settings, lambda student: dense.TripletLoss(student, triplet_margin=1), 8), columns(3, 4, 8))


def splade(settings, base):
    student = Student()
    loss = sparse.SpladeLoss(
        student, base(student), settings.get("document_weight", 3e-5), settings.get("query_weight", 5e-5) or None,
        document_regularizer_threshold=settings.get("document_threshold"), query_regularizer_threshold=settings.get("query_threshold"),
        use_document_regularizer_only=settings.get("documents_only", False))

    return lambda leaves, labels: loss([{"leaf": leaf} for leaf in leaves], labels)


ranking = sparse.SparseMultipleNegativesRankingLoss
for settings, shape, zeros in (
    ({"document_weight": 0.3, "query_weight": 0.5}, (3, 3, 9), 0.4),
    ({"document_weight": 0.08, "query_weight": 0, "document_threshold": 4}, (4, 3, 9), 0.5),
    ({"document_weight": 0.02, "query_weight": 0.03, "document_threshold": 14, "query_threshold": 16}, (3, 3, 260), 0.95),
    ({"document_weight": 0.02, "query_weight": 0.01}, (2, 3, 261), 0.5),
    ({"document_weight": 0.5, "query_weight": 0, "documents_only": True}, (2, 4, 6), 0.3),
):
    embedding("splade", "sparse", settings, splade(settings, lambda student: ranking(student)), columns(*shape, zeros=zeros))
settings = {"document_weight": 0.3, "query_weight": 0.5, "loss": "margin-mse"}
embedding("splade", "sparse", settings, splade(settings, lambda student: sparse.SparseMarginMSELoss(student)), columns(3, 3, 9, zeros=0.4), rng.standard_normal((3, 1)))
settings = {"document_weight": 0.3, "query_weight": 0.5, "loss": "kl"}
embedding("splade", "sparse", settings, splade(settings, lambda student: sparse.SparseDistillKLDivLoss(student)), columns(4, 3, 9, zeros=0.4), rng.standard_normal((3, 3)))
for base, upstream in (("triplet", sparse.SparseTripletLoss), ("cosent", sparse.SparseCoSENTLoss)):
    settings = {"document_weight": 0.1, "query_weight": 0.2, "loss": base}
    shape = (3, 4, 7) if base == "triplet" else (2, 4, 7)
    labels = None if base == "triplet" else [0, 0.5, 1, 0.5]
    embedding("splade", "sparse", settings, splade(settings, lambda student: upstream(student)), columns(*shape, zeros=0.2), labels)


class Judge(CrossEncoder):
    """A cross-encoder that looks the logits of a pair up; texts are numbers of queries and documents."""

    def __init__(self, table, labels):
        nn.Module.__init__(self)
        self.table, self.count, self.asked = table, labels, []

    num_labels = property(lambda self: self.count)
    device = property(lambda self: torch.device("cpu"))

    def preprocess(self, pairs, **_):
        self.asked += [(int(query), int(document)) for query, document in pairs]
        return {"pairs": [(int(query), int(document)) for query, document in pairs]}

    def forward(self, inputs):
        return {"scores": torch.stack([self.table[query, document] for query, document in inputs["pairs"]])}


def logits(name, settings, make, groups, labels, classes=1, spread=2.0, values=None):
    """One case: query i has documents groups[i]; `make` gets the fake model, texts of queries, lists of texts of documents, and labels."""
    width = max(max(group) for group in groups) + 1
    values = (spread * rng.standard_normal((len(groups), width, classes))).astype(np.float32) if values is None else values
    table = torch.tensor(values, dtype=torch.float64, requires_grad=True)
    judge = Judge(table, classes)
    total = make(judge, [str(i) for i in range(len(groups))], [[str(d) for d in group] for group in groups])
    total.backward()
    pairs = [(query, document) for query, group in enumerate(groups) for document in group]
    cases["logits"].append({
        "loss": name, "settings": settings, "groups": [len(group) for group in groups],
        "labels": [] if labels is None else [plain(np.asarray(row, dtype=np.float32)) for row in labels],
        "logits": plain(np.stack([values[pair] for pair in pairs])), "value": total.item(),
        "gradient": plain(torch.stack([table.grad[pair] for pair in pairs])),
    })
    return judge


def tensors(labels):
    return [torch.tensor(np.asarray(row, dtype=np.float32), dtype=torch.float64) for row in labels]


def pairs(upstream):
    """Losses over single pairs: the lists of documents are laid out one behind the other."""
    def make(judge, queries, documents):
        flat = [(query, document) for query, group in zip(queries, documents) for document in group]
        return upstream(judge)([[query for query, _ in flat], [document for _, document in flat]], make.labels)
    return make


def pairwise(name, settings, upstream, groups, labels, classes=1, dtype=torch.float64, **rest):
    make = pairs(upstream)
    make.labels = torch.tensor([value for row in labels for value in np.asarray(row, dtype=np.float32).tolist()]).to(dtype)
    logits(name, settings, make, groups, labels, classes, **rest)


def lists(*counts):
    start, groups = 0, []
    for count in counts:
        groups.append(list(range(start, start + count)))
        start += count
    return groups


pairwise("bce", {}, cross.BinaryCrossEntropyLoss, lists(1, 1, 1, 1, 1), [[1], [0], [0.5], [0], [1]])
pairwise("bce", {"pos_weight": 4}, lambda judge: cross.BinaryCrossEntropyLoss(judge, pos_weight=torch.tensor(4.0)), lists(3, 1, 2), [[1, 0, 0], [1], [0, 0.25]], spread=20.0)
pairwise("cross-entropy", {}, cross.CrossEntropyLoss, lists(1, 1, 2, 1), [[2], [0], [1, 1], [2]], classes=3, dtype=torch.long)
for settings, arguments in (({}, {}), ({"activation": "sigmoid"}, {"activation_fn": nn.Sigmoid()})):
    pairwise("mse", settings, lambda judge: cross.MSELoss(judge, **arguments), lists(1, 1, 1, 2), [[1], [-2], [0.5], [0.1, 3]])
    for labels in (1, 2, 3, 4):
        count = 3 if labels <= 2 else 5
        target = rng.standard_normal((4, labels)).astype(np.float32) * 3

        def make(judge, queries, documents):
            columns = [[document[i] for document in documents] for i in range(len(documents[0]))]
            loss = cross.MarginMSELoss(judge, **arguments)
            return loss([queries, *columns], torch.tensor(target, dtype=torch.float64))

        logits("margin-mse", settings, make, lists(*[count - 1] * 4), target)


def ranked(settings, arguments, rows, documents):
    """The model says which documents of other rows were drawn; they become the groups of the case."""
    values = (2 * rng.standard_normal((rows, rows * documents, 1))).astype(np.float32)

    def make(judge, queries, _):
        columns = [[str(column * rows + row) for row in range(rows)] for column in range(documents)]
        return cross.MultipleNegativesRankingLoss(judge, **arguments)([queries, *columns], None)

    torch.manual_seed(3)
    judge = logits("ce-mnrl", settings, make, [list(range(rows * documents))] * rows, None, values=values)
    groups = [[document for asker, document in judge.asked if asker == query] for query in range(rows)]
    cases["logits"].pop()
    torch.manual_seed(3)
    logits("ce-mnrl", settings, make, groups, None, values=values)
    return groups


ranked({}, {}, 6, 2)
ranked({"negatives": 2, "scale": 3, "activation": "identity"}, {"num_negatives": 2, "scale": 3.0, "activation_fn": nn.Identity()}, 4, 3)
everything = {"rows": 4, "documents": 3, "groups": ranked({"negatives": 0}, {"num_negatives": None}, 4, 3)}
ranked({"negatives": 0}, {"num_negatives": None}, 3, 1)

SCHEMES = {
    "ndcg-loss1": cross.NDCGLoss1Scheme, "ndcg-loss2": cross.NDCGLoss2Scheme, "lambda-rank": cross.LambdaRankScheme,
    "ndcg-loss2pp": cross.NDCGLoss2PPScheme, "none": cross.NoWeightingScheme,
}


def listed(name, settings, upstream, counts, labels):
    make = lambda judge, queries, documents: upstream(judge)([queries, documents], tensors(labels))
    logits(name, settings, make, lists(*counts), labels)


LISTS = ((3, 1, 5), [[1, 0, 0], [1], [3, 0, 2, 1, 0]]), ((2, 2), [[0, 0], [0.5, 1.5]]), ((6,), [[0, 1, 0, 1, 0, -1]])
for counts, labels in LISTS:
    listed("listnet", {}, cross.ListNetLoss, counts, labels)
    listed("ranknet", {}, cross.RankNetLoss, counts, labels)
    for weighting in ("ndcg-loss1", "ndcg-loss2", "lambda-rank", "ndcg-loss2pp"):
        listed("lambda", {"weighting": weighting}, lambda judge: cross.LambdaLoss(judge, SCHEMES[weighting]()), counts, labels)
counts, labels = LISTS[0]
listed("listnet", {"activation": "sigmoid"}, lambda judge: cross.ListNetLoss(judge, activation_fn=nn.Sigmoid()), counts, labels)
listed("ranknet", {"k": 2, "sigma": 0.5}, lambda judge: cross.RankNetLoss(judge, k=2, sigma=0.5), counts, labels)
listed("lambda", {"k": 2, "sigma": 2, "reduction_log": "natural", "mu": 3},
       lambda judge: cross.LambdaLoss(judge, cross.NDCGLoss2PPScheme(mu=3.0), k=2, sigma=2.0, reduction_log="natural"), counts, labels)
listed("lambda", {"activation": "sigmoid", "k": 1}, lambda judge: cross.LambdaLoss(judge, activation_fn=nn.Sigmoid(), k=1), counts, labels)
listed("lambda", {}, cross.LambdaLoss, (3, 2), [[0, 0, 0], [0, 0]])

cases["candidates"] = everything

# Weights of the regularisers at each step, as the callback sets them.
cases["schedules"] = []
for shape, warmup, steps in (("quadratic", 1 / 3, 10), ("linear", 0.5, 7), ("quadratic", 1.0, 4), ("quadratic", 0.01, 5)):
    holder = sparse.SpladeLoss.__new__(sparse.SpladeLoss)
    nn.Module.__init__(holder)
    holder.document_regularizer_weight, holder.query_regularizer_weight = 0.5, None
    callback = SpladeRegularizerWeightSchedulerCallback(holder, shape, warmup)
    state = type("State", (), {"max_steps": steps, "global_step": 0})()
    callback.on_train_begin(None, state, None)
    weights = []
    for state.global_step in range(steps):
        callback.on_step_begin(None, state, None)
        weights.append(holder.document_regularizer_weight)
    cases["schedules"].append({"shape": shape, "warmup": warmup, "steps": steps, "weight": 0.5, "weights": weights})

# Inference-free queries: token ids of each query, the table, the vectors, and the gradient of sum(vectors * factors) by the table.
weights = torch.tensor(columns(1, 1, 12)[0, 0], dtype=torch.float64)
static = SparseStaticEmbedding.__new__(SparseStaticEmbedding)
nn.Module.__init__(static)
static.weight, static.num_dimensions, static.frozen = nn.Parameter(weights), 12, False
queries = [[3, 5, 3, 11], [7], [5, 2, 4], []]
ids = torch.zeros((4, 4), dtype=torch.int64)
mask = torch.zeros((4, 4), dtype=torch.int64)
for row, query in enumerate(queries):
    ids[row, : len(query)] = torch.tensor(query, dtype=torch.int64)
    mask[row, : len(query)] = 1
vectors = static({"input_ids": ids, "attention_mask": mask})["sentence_embedding"]
factors = columns(1, 4, 12)[0]
(vectors * torch.tensor(factors, dtype=torch.float64)).sum().backward()
cases["static"] = {
    "queries": queries, "weights": plain(weights.numpy().astype(np.float32)), "vectors": plain(vectors.detach().numpy().astype(np.float32)),
    "factors": plain(factors), "gradient": plain(static.weight.grad),
}

out = pathlib.Path(__file__).parent / "losses.json"
with open(out, "w") as file:
    file.write("{\n")
    for number, (key, value) in enumerate(cases.items()):
        file.write(("," if number else "") + json.dumps(key) + ":")
        if isinstance(value, list):
            file.write("[\n" + ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in value) + "\n]\n")
        else:
            file.write(json.dumps(value, separators=(",", ":")) + "\n")
    file.write("}\n")
print(len(cases["embeddings"]), "cases of vectors,", len(cases["logits"]), "of logits,", out.stat().st_size, "bytes")
