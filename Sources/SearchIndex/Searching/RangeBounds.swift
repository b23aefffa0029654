/// What is done with the bounds of ranges of documents.
enum RangeBounds {
    /// The ranges with the highest bounds, the best first.
    static func best(_ wanted: Int, _ bounds: UnsafeMutablePointer<Float>, _ count: Int) -> [Int] {
        var best: [(bound: Float, range: Int)] = []
        best.reserveCapacity(wanted)
        for range in 0..<count where bounds[range] > 0 {
            if best.count == wanted {
                if bounds[range] <= best[wanted - 1].bound { continue }
                best.removeLast()
            }
            var at = best.count
            while at > 0, best[at - 1].bound < bounds[range] { at -= 1 }
            best.insert((bounds[range], range), at: at)
        }
        return best.map(\.range)
    }
}
