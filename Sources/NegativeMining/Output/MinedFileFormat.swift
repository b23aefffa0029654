/// The forms in which mined negatives are written: those that other trainers read.
public enum MinedFileFormat: String, Sendable, Hashable, CaseIterable {
    /// JSON lines, one for each query with negatives: `query`, `pos`, `neg`, with `pos_scores` and `neg_scores`, and the scores of each
    /// source in `pos_source_scores` and `neg_source_scores`; as FlagEmbedding reads them.
    case flagEmbedding = "flag-embedding"
    /// JSON lines, one for each positive and negative: `query`, `positive`, `negative`, with `scores` (positive's, negative's).
    case triplet
    /// JSON lines, one for each positive of queries with as many negatives as were asked for: `query`, `positive`, `negative_1`, ...,
    /// with `scores` (positive's, then the negatives').
    case nTuple = "n-tuple"
    /// JSON lines, one for each positive and each negative: `query`, `document`, and `label` (1 or 0) or, with scores, `score`.
    case labeledPair = "labeled-pair"
    /// JSON lines, one for each positive of queries with negatives: `query`, `docs`, and `labels` or, with scores, `scores`; the
    /// positive comes first.
    case labeledList = "labeled-list"
    /// Tab-separated ids with a header line, one for each positive and each negative: `query-id`, `corpus-id`, `label`, `score`, and the
    /// score of each source.
    case table = "tsv"
}
