/// Which segments to merge: Lucene's `TieredMergePolicy` with its defaults.
///
/// Segments are taken by size; as many of each size class are left alone as a tier holds. Of what may be merged the set wins
/// whose sizes differ least and that reclaims most deleted documents.
struct MergePolicy: Sendable {
    struct Candidate {
        var index: Int
        /// Size of the file, in proportion to its live documents.
        var bytes: Double
        /// Live documents by all documents.
        var liveRatio: Double
    }

    var floorBytes = 2.0 * 1024 * 1024
    var maximumBytes = 5.0 * 1024 * 1024 * 1024
    var segmentsPerTier = 10.0
    var mergeAtOnce = 10
    /// More deleted documents than this (of all) are not left lying.
    var deletedLimit = 0.2

    /// The indices of the segments to merge next; empty: none.
    func select(_ candidates: [Candidate]) -> [Int] {
        let sorted = candidates.filter { $0.bytes < maximumBytes / 2 }.sorted { $0.bytes > $1.bytes }
        if let wasteful = candidates.filter({ 1 - $0.liveRatio > max(deletedLimit, 0.5) }).min(by: {
            $0.bytes < $1.bytes
        }) {
            return [wasteful.index]
        }
        guard sorted.count > 1 else { return [] }
        // How many segments a well-kept index of this size has.
        var left = sorted.reduce(0) { $0 + $1.bytes }
        var level = max(floorBytes, sorted.last!.bytes)
        var allowed = 0.0
        while true {
            let here = left / level
            if here < segmentsPerTier || level >= maximumBytes {
                allowed += here.rounded(.up)
                break
            }
            allowed += segmentsPerTier
            left -= segmentsPerTier * level
            level = min(maximumBytes, level * Double(mergeAtOnce))
        }
        allowed = max(allowed, segmentsPerTier)
        guard Double(sorted.count) > allowed else { return [] }
        var best: [Int] = []
        var bestScore = Double.infinity
        for start in 0..<sorted.count - 1 {
            var total = 0.0, floored = 0.0, before = 0.0
            var chosen: [Candidate] = []
            for candidate in sorted[start...] {
                if chosen.count == mergeAtOnce { break }
                if total + candidate.bytes > maximumBytes { continue }
                chosen.append(candidate)
                total += candidate.bytes
                before += candidate.bytes / max(candidate.liveRatio, 0.01)
                floored += max(candidate.bytes, floorBytes)
            }
            guard chosen.count > 1 else { continue }
            let isFull = chosen.count == mergeAtOnce
            let skew =
                isFull || total >= floorBytes * 10
                ? max(chosen[0].bytes, floorBytes) / floored : 1 / Double(mergeAtOnce)
            let score = skew * raise(max(total, 1), 0.05) * raise(total / max(before, 1), 2)
            if score < bestScore {
                bestScore = score
                best = chosen.map(\.index)
            }
        }
        return best
    }
}
