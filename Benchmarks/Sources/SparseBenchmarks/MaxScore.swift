import SparseIndex

/// Block-max MaxScore (Turtle and Flood 1995; Ding and Suel 2011), to compare with: impact blocks of 128 postings, in memory, not
/// compressed.
///
/// Terms are split by the highest scores of their lists. Documents come from the lists that can reach the threshold together; the others are
/// looked up, highest first, unless the bounds of their blocks say that it is in vain.
final class MaxScore {
    private static let blockSize = 128

    private struct List {
        var documents: [UInt32] = []
        var weights: [UInt16] = []
        var blockMaxima: [Float] = []
        var highest: Float = 0
    }

    private struct Cursor {
        let documents: UnsafePointer<UInt32>
        let weights: UnsafePointer<UInt16>
        let blockMaxima: UnsafePointer<Float>
        let count: Int
        let weight: Float
        let highest: Float
        var at = 0

        @inline(__always) var document: UInt32 { at < count ? documents[at] : .max }
        @inline(__always) var score: Float { weight * FeatureWeight(bits: weights[at]).value }

        @inline(__always)
        mutating func advance(to target: UInt32) {
            var step = 1
            while at + step < count, documents[at + step] < target { step *= 2 }
            var low = at, high = min(count, at + step + 1)
            while low < high {
                let middle = (low &+ high) >> 1
                if documents[middle] < target { low = middle &+ 1 } else { high = middle }
            }
            at = low
        }
    }

    private var lists: [UInt32: List] = [:]

    init(_ vectors: VectorFile) throws {
        try vectors.forEach { number, terms, weights in
            for (term, weight) in zip(terms, weights) {
                lists[term, default: List()].documents.append(UInt32(number))
                lists[term]!.weights.append(try FeatureWeight(weight).bits)
            }
        }
        for term in Array(lists.keys) {
            var list = lists[term]!
            for start in stride(from: 0, to: list.weights.count, by: Self.blockSize) {
                let highest = list.weights[start..<min(start + Self.blockSize, list.weights.count)].max()!
                list.blockMaxima.append(FeatureWeight(bits: highest).value)
            }
            list.highest = list.blockMaxima.max()!
            lists[term] = list
        }
    }

    func search(_ query: [(term: UInt32, weight: Float)], k: Int) -> [SparseHit] {
        var cursors: [Cursor] = []
        for (term, weight) in query {
            guard let list = lists[term] else { continue }
            // The arrays are never changed again.
            cursors.append(
                Cursor(
                    documents: list.documents.withUnsafeBufferPointer { $0.baseAddress! },
                    weights: list.weights.withUnsafeBufferPointer { $0.baseAddress! },
                    blockMaxima: list.blockMaxima.withUnsafeBufferPointer { $0.baseAddress! },
                    count: list.documents.count,
                    weight: weight, highest: weight * list.highest))
        }
        cursors.sort { $0.highest < $1.highest }
        var sums: [Double] = [], sum = 0.0
        for cursor in cursors {
            sum += Double(cursor.highest)
            sums.append(sum)
        }
        var heap: [(score: Float, document: UInt32)] = []
        var threshold: Float = 0, essential = 0
        return cursors.withUnsafeMutableBufferPointer { cursors in
            while essential < cursors.count {
                var document = UInt32.max
                for i in essential..<cursors.count { document = min(document, cursors[i].document) }
                if document == .max { break }
                var score = 0.0
                for i in essential..<cursors.count where cursors[i].document == document {
                    score += Double(cursors[i].score)
                    cursors[i].at += 1
                }
                var i = essential - 1
                while i >= 0, Float(score + sums[i]) > threshold {
                    if cursors[i].document < document { cursors[i].advance(to: document) }
                    if cursors[i].at < cursors[i].count {
                        let block = cursors[i].weight * cursors[i].blockMaxima[cursors[i].at / Self.blockSize]
                        let others = i > 0 ? sums[i - 1] : 0
                        if Float(score + Double(block) + others) <= threshold {
                            score = 0
                            break
                        }
                        if cursors[i].document == document { score += Double(cursors[i].score) }
                    }
                    i -= 1
                }
                let rounded = Float(score)
                guard rounded > threshold || heap.count < k else { continue }
                let place = heap.firstIndex { $0.score < rounded } ?? heap.count
                heap.insert((rounded, document), at: place)
                if heap.count > k { heap.removeLast() }
                if heap.count == k { threshold = heap[k - 1].score }
                while essential < cursors.count, Float(sums[essential]) <= threshold { essential += 1 }
            }
            return heap.map { SparseHit(document: Int($0.document), score: $0.score) }
        }
    }
}
