import SearchIndex

/// The `_id`s of a segment's documents, read so many at a time as they are asked for.
final class IdentifierBlock {
    private static let size = 512

    private let view: any IndexView
    private let segment: Segment
    private var first = -1
    private var keys: [HitSortKey] = []

    init(_ view: any IndexView, _ segment: Segment) {
        self.view = view
        self.segment = segment
    }

    /// The key to sort a document by; documents are asked for in ascending order.
    func key(of document: Int) throws -> HitSortKey {
        let start = document / Self.size * Self.size
        if start != first {
            first = start
            let end = min(start + Self.size, segment.documentCount)
            let ids = try view.ids(ofSeqNos: (start..<end).map { segment.seqNo(of: $0) })
            keys = ids.map { id in id.map { .bytes(Array($0.utf8)) } ?? .missing }
        }
        return keys[document - start]
    }
}
