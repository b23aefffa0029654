/// The k highest of many scores: tells the lowest of them.
struct ScoreHeap {
    /// More are not kept for a threshold.
    static let largest = 1000

    private let k: Int
    private var scores: [Float] = []

    init(k: Int) {
        self.k = k
        scores.reserveCapacity(k)
    }

    /// The lowest of the k highest; 0 while there are fewer.
    var threshold: Float { scores.count == k ? scores[0] : 0 }

    @inline(__always)
    mutating func insert(_ score: Float) {
        if scores.count == k {
            if score > scores[0] { replaceLowest(score) }
        } else {
            append(score)
        }
    }

    private mutating func append(_ score: Float) {
        scores.append(score)
        var child = scores.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard scores[child] < scores[parent] else { break }
            scores.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func replaceLowest(_ score: Float) {
        scores[0] = score
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < k else { break }
            if child + 1 < k, scores[child + 1] < scores[child] { child += 1 }
            guard scores[child] < scores[parent] else { break }
            scores.swapAt(child, parent)
            parent = child
        }
    }
}
