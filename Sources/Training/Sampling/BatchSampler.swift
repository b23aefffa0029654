/// Makes the batches of an epoch: a function of the seed and the epoch alone, the same on every machine.
///
/// A run's place is (seed, epoch, batches that were taken), and no more.
package struct BatchSampler: Sendable {
    /// The seed of the order.
    package var seed: UInt64
    /// Whether each epoch has an order of its own.
    package var isShuffled: Bool
    /// Examples of a batch.
    package var batchSize: Int
    /// Whether a batch that is not full is left out.
    package var dropsIncomplete: Bool
    /// The length of each example, to make batches of like length; nil for any length.
    package var lengths: [Int]?
    /// The texts of each example; no two examples of a batch share one.
    ///
    /// Nil allows duplicates.
    package var texts: [[Int32]]?
    /// How many examples there are.
    package let count: Int

    /// Batches whose examples are sorted by length together.
    package static let pool = 50
    /// Examples that are looked at for one that fits a batch, as a multiple of the batch.
    package static let lookAhead = 64

    /// A sampler over `count` examples.
    package init(
        count: Int, batchSize: Int, seed: UInt64, isShuffled: Bool = true, dropsIncomplete: Bool = false,
        lengths: [Int]? = nil, texts: [[Int32]]? = nil
    ) {
        precondition(batchSize > 0, "a batch has at least one example")
        precondition(lengths?.count ?? count == count && texts?.count ?? count == count, "one entry for each example")
        self.count = count
        self.batchSize = batchSize
        self.seed = seed
        self.isShuffled = isShuffled
        self.dropsIncomplete = dropsIncomplete
        self.lengths = lengths
        self.texts = texts
    }

    /// The batches of an epoch, each of numbers of examples.
    ///
    /// Every example is in one batch, but for those of incomplete batches that are left out. Without duplicates, a batch is
    /// incomplete if none of the next ``lookAhead`` x `batchSize` examples fits it.
    ///
    /// Complexity: O(n log n), with duplicates to avoid up to O(n x ``lookAhead``).
    package func batches(epoch: Int) -> [[Int]] {
        var order = Array(0..<count)
        if isShuffled { Self.shuffle(&order, RandomPlaces(seed: seed, .order), epoch) }
        guard let lengths else { return grouped(order[...]) }
        var batches: [[Int]] = []
        for start in stride(from: 0, to: count, by: Self.pool * batchSize) {
            let pool = order[start..<min(count, start + Self.pool * batchSize)]
            // Behind the order at random, equal lengths stay in it.
            let sorted = pool.enumerated().sorted { a, b in
                (lengths[b.element], a.offset) < (lengths[a.element], b.offset)
            }
            var ofPool = grouped(sorted.map(\.element)[...])
            if isShuffled { Self.shuffle(&ofPool, RandomPlaces(seed: seed, .batchOrder), epoch &* 0x1_0001 &+ start) }
            batches += ofPool
        }
        return batches
    }

    /// Puts elements into an order at random: sorted by a random number of their place.
    private static func shuffle<Element>(_ elements: inout [Element], _ draw: RandomPlaces, _ major: Int) {
        let keys = elements.indices.map { (draw.bits(major, $0), $0) }.sorted { $0 < $1 }
        elements = keys.map { elements[$0.1] }
    }

    private func grouped(_ order: ArraySlice<Int>) -> [[Int]] {
        var batches: [[Int]] = []
        if let texts {
            batches = withoutDuplicates(Array(order), texts)
        } else {
            for start in stride(from: order.startIndex, to: order.endIndex, by: batchSize) {
                batches.append(Array(order[start..<min(order.endIndex, start + batchSize)]))
            }
        }
        if dropsIncomplete { batches.removeAll { $0.count < batchSize } }
        return batches
    }

    /// Takes, for each batch, the first examples that share no text with those that it has.
    private func withoutDuplicates(_ order: [Int], _ texts: [[Int32]]) -> [[Int]] {
        // A chain of those that are left, so that taking one out of the middle costs nothing.
        var next = Array(1...max(order.count, 1))
        var first = 0
        var batches: [[Int]] = []
        while first < order.count {
            var batch: [Int] = []
            var used: Set<Int32> = []
            var previous = -1
            var position = first
            var looks = Self.lookAhead * batchSize
            while position < order.count, batch.count < batchSize, looks > 0 {
                let example = order[position]
                looks -= 1
                if texts[example].allSatisfy({ !used.contains($0) }) {
                    batch.append(example)
                    used.formUnion(texts[example])
                    if previous < 0 { first = next[position] } else { next[previous] = next[position] }
                } else {
                    previous = position
                }
                position = next[position]
            }
            batches.append(batch)
        }
        return batches
    }
}
