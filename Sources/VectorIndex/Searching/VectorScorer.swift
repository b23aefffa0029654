/// Distances of single documents to a vector, for scripts: in any space that goes with the field's elements.
///
/// Not for several threads at once.
public final class VectorScorer {
    /// The space of the distances.
    public var space: VectorSpace { probe.space }
    private let segment: VectorSegment
    private let probe: Probe

    init(_ segment: VectorSegment, _ vector: [Float], space: VectorSpace) {
        self.segment = segment
        probe = Probe(field: segment.field, space: space)
        probe.load(vector, largestNorm: segment.rows.largestNorm)
    }

    /// The exact distance of a document's vector; `nil` if it has none.
    public func distance(ofDocument document: Int) -> Float? {
        guard let row = segment.row(ofDocument: document) else { return nil }
        var distance: Float = 0
        probe.exact(segment.rows, ids: nil, first: row, count: 1, into: &distance)
        return distance
    }

    /// What the script `knn_score` gives a document: as a search in ``space`` scores it, cosinesimil twice as much; `nil` if it has no
    /// vector.
    public func scriptScore(ofDocument document: Int) -> Float? {
        distance(ofDocument: document).map { space == .cosinesimil ? 2 - $0 : space.score(ofDistance: $0) }
    }
}
