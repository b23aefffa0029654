import IndexFiles
import SearchIndex
import SparseIndex

/// The documents that have a feature, scored by a function of its weight.
final class FeatureScorer: Scorer {
    private var cursor: FeatureCursor
    private let function: FeatureFunction
    private let boost: Float

    init(_ cursor: FeatureCursor, _ function: FeatureFunction, boost: Float) {
        self.cursor = cursor
        self.function = function
        self.boost = boost
    }

    override var cost: Int { cursor.count }

    override func advance(to target: Int) -> Int {
        document = cursor.advance(to: target)
        return document
    }

    override func score() -> Float { function.score(cursor.weight, boost: boost) }
    override func maxScore(upTo document: Int) -> Float { function.score(cursor.highest, boost: boost) }

    /// The weight in the current document.
    var weight: SparseIndex.FeatureWeight { cursor.weight }
}

/// The documents that have at least one of several features, scored by the sum of weights times those of the query.
///
/// Sums are made for a window of documents at a time: products in float32, sums in float64, rounded once, as ``SparseField`` does in its search.
final class FeatureSumScorer: Scorer {
    private static let window = 1024

    private let field: SparseField
    private let features: [WeightedFeature]
    private let boost: Float
    private let faults: ScoringFaults
    private var cursors: [FeatureCursor] = []
    private var weights: [Float] = []
    private var sums: [Double]
    private var marks: [UInt64]
    /// The first document of the window; none before the first.
    private var start = -FeatureSumScorer.window
    private var highest: Float = 0

    /// - Throws: ``SearchError`` when postings are damaged.
    init(
        _ field: SparseField, _ features: [WeightedFeature], boost: Float, faults: ScoringFaults
    ) throws {
        self.field = field
        self.features = features
        self.boost = boost
        self.faults = faults
        sums = [Double](repeating: 0, count: Self.window)
        marks = [UInt64](repeating: 0, count: Self.window / 64)
        var bound = 0.0
        for feature in features {
            guard let cursor = try SparseFault.wrapping({ () throws(IndexFileError) in try field.cursor(feature.key) })
            else { continue }
            let weight = feature.weight * boost
            cursors.append(cursor)
            weights.append(weight)
            bound += Double(weight * cursor.highest.value)
        }
        highest = Float(bound).nextUp
    }

    var isEmpty: Bool { cursors.isEmpty }

    override var cost: Int { cursors.reduce(0) { $0 + $1.count } }

    override func advance(to target: Int) -> Int {
        if target < start + Self.window {
            document = marked(from: target - start)
            if document != noMoreDocuments { return document }
        }
        let from = max(target, start + Self.window)
        var first = noMoreDocuments
        for i in cursors.indices {
            if cursors[i].document < from { cursors[i].advance(to: from) }
            first = min(first, cursors[i].document)
        }
        document = first
        if first != noMoreDocuments { fill(from: first) }
        return document
    }

    override func score() -> Float { Float(sums[document - start]) }
    override func maxScore(upTo document: Int) -> Float { highest }

    /// The first document of the window from an offset on.
    private func marked(from offset: Int) -> Int {
        var word = offset >> 6
        var bits = marks[word] & (.max << UInt64(offset & 63))
        while bits == 0 {
            word += 1
            if word == marks.count { return noMoreDocuments }
            bits = marks[word]
        }
        return start + (word << 6 | bits.trailingZeroBitCount)
    }

    private func fill(from first: Int) {
        start = first
        let end = first + Self.window
        for i in marks.indices { marks[i] = 0 }
        for i in sums.indices { sums[i] = 0 }
        for i in cursors.indices {
            let weight = weights[i]
            while cursors[i].document < end {
                let offset = cursors[i].document - first
                sums[offset] += Double(weight * cursors[i].weight.value)
                marks[offset >> 6] |= 1 << UInt64(offset & 63)
                cursors[i].advance(to: cursors[i].document + 1)
            }
        }
    }

    /// By itself the whole query is searched block by block, from the best on.
    override func collect(in segment: Segment, into collector: TopDocumentsCollector) {
        guard boost > 0, !collector.isPaged else { return super.collect(in: segment, into: collector) }
        let accepted = segment.searchableDocuments?.words
        do {
            let left = collector.leftToCount
            let count = left == 0 ? 0 : try field.count(features, accepted: accepted, limit: left)
            let hits = try field.search(
                features, boost: boost, k: collector.k, accepted: accepted, minimumScore: collector.minimumScore)
            collector.withCount(count, isComplete: left > 0 && count <= left) {
                for hit in hits.sorted(by: { $0.document < $1.document }) {
                    collector.collect(segment.base + hit.document, hit.score)
                }
            }
        } catch {
            faults.note("corrupt_index_exception", "\(error)", 500)
        }
    }
}
