/// Weights of several systems in hundredths that sum to 100.
struct WeightGrid {
    let count: Int

    /// Smaller steps after the grid's, in hundredths.
    static let steps = [5, 2, 1]

    /// All weights in steps of a tenth for two systems, of a fifth for more; even ones first, extreme ones last.
    ///
    /// Complexity: 11 for two systems, 21 for three, 126 for five.
    var coarse: [[Int]] {
        let step = count <= 2 ? 10 : 20
        func all(_ systems: Int, _ rest: Int) -> [[Int]] {
            if systems == 1 { return [[rest]] }
            return stride(from: 0, through: rest, by: step).flatMap { first in
                all(systems - 1, rest - first).map { [first] + $0 }
            }
        }
        func unevenness(_ weights: [Int]) -> Int { weights.reduce(0) { $0 + $1 * $1 } }
        return all(count, 100).enumerated().sorted {
            (unevenness($0.element), $0.offset) < (unevenness($1.element), $1.offset)
        }.map(\.element)
    }

    /// What differs by one step from one system to another.
    func neighbours(of weights: [Int], step: Int) -> [[Int]] {
        var found: [[Int]] = []
        for giver in weights.indices where weights[giver] >= step {
            for taker in weights.indices where taker != giver {
                var moved = weights
                moved[giver] -= step
                moved[taker] += step
                found.append(moved)
            }
        }
        return found
    }
}
