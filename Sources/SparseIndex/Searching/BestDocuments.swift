/// The k best documents seen, by score descending, then by document; they may come in any order.
struct BestDocuments {
    private let k: Int
    /// A heap with the worst on top.
    ///
    /// The bits of a float that is not negative order as the float does; lower documents are better.
    private var keys: [UInt64] = []

    init(k: Int) {
        self.k = k
        keys.reserveCapacity(min(k, 1 << 16))
    }

    var isFull: Bool { keys.count == k }

    /// What a document must score to be kept, at least; 0 while there is room.
    @inline(__always)
    var threshold: Float { keys.count == k ? Float(bitPattern: UInt32(truncatingIfNeeded: keys[0] >> 32)) : 0 }

    /// The rank of the worst of k documents; 0 while there is room.
    var thresholdRank: UInt32 { keys.count == k ? UInt32(truncatingIfNeeded: keys[0] >> 32) : 0 }

    /// Takes a document with a score that is not negative.
    @inline(__always)
    mutating func insert(_ document: UInt32, _ score: Float) { insert(document, rank: score.bitPattern) }

    /// Takes a document with a number that says how good it is.
    mutating func insert(_ document: UInt32, rank: UInt32) {
        let key = UInt64(rank) << 32 | UInt64(~document)
        if keys.count < k {
            keys.append(key)
            var child = keys.count - 1
            while child > 0 {
                let parent = (child - 1) / 2
                guard keys[child] < keys[parent] else { break }
                keys.swapAt(child, parent)
                child = parent
            }
        } else if k > 0, key > keys[0] {
            keys[0] = key
            var parent = 0
            while true {
                var child = 2 * parent + 1
                guard child < k else { break }
                if child + 1 < k, keys[child + 1] < keys[child] { child += 1 }
                guard keys[child] < keys[parent] else { break }
                keys.swapAt(child, parent)
                parent = child
            }
        }
    }

    /// The documents, in no order.
    var documents: [Int] { keys.map { Int(~UInt32(truncatingIfNeeded: $0)) } }

    /// The best first.
    func sorted() -> [SparseHit] {
        keys.sorted(by: >).map {
            SparseHit(
                document: Int(~UInt32(truncatingIfNeeded: $0)),
                score: Float(bitPattern: UInt32(truncatingIfNeeded: $0 >> 32)))
        }
    }
}
