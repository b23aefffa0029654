/// The best documents of a query, kept in a heap of fixed size.
///
/// Of equal scores the larger number wins: with documents numbered by the bytes of their ids, that is trec_eval's order.
struct TopDocuments {
    private let limit: Int
    /// A heap whose first element is the worst that is kept.
    private var heap: [(score: Float, document: Int32)] = []

    init(limit: Int) {
        self.limit = limit
        heap.reserveCapacity(limit)
    }

    /// The kept documents, best first.
    var sorted: [(score: Float, document: Int32)] { heap.sorted { Self.isWorse($1, $0) } }

    private static func isWorse(_ a: (score: Float, document: Int32), _ b: (score: Float, document: Int32)) -> Bool {
        a.score != b.score ? a.score < b.score : a.document < b.document
    }

    /// Offers a document.
    mutating func offer(_ score: Float, _ document: Int32) {
        let entry = (score, document)
        if heap.count < limit {
            heap.append(entry)
            var child = heap.count - 1
            while child > 0, Self.isWorse(heap[child], heap[(child - 1) / 2]) {
                heap.swapAt(child, (child - 1) / 2)
                child = (child - 1) / 2
            }
            return
        }
        guard let worst = heap.first, Self.isWorse(worst, entry) else { return }
        heap[0] = entry
        var parent = 0
        while true {
            var smallest = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && Self.isWorse(heap[child], heap[smallest]) {
                smallest = child
            }
            if smallest == parent { return }
            heap.swapAt(parent, smallest)
            parent = smallest
        }
    }
}
