/// A value at each of some steps.
package struct Curve: Equatable {
    /// One value.
    package struct Point: Equatable {
        /// The step.
        package var x: Double
        /// The value.
        package var y: Double

        package init(x: Double, y: Double) {
            self.x = x
            self.y = y
        }
    }

    /// Ascending by step.
    package var points: [Point]

    package init(_ points: [Point]) {
        self.points = points.filter { $0.y.isFinite }
    }

    /// The exponential moving average, corrected for its beginning as in Adam.
    ///
    /// - Parameter reach: about how many values count.
    package func smoothed(reach: Double) -> Curve {
        let keep = 1 - 1 / max(1, reach)
        var sum = 0.0
        var weight = 0.0
        return Curve(
            points.map { point in
                sum = keep * sum + (1 - keep) * point.y
                weight = keep * weight + (1 - keep)
                return Point(x: point.x, y: sum / weight)
            })
    }

    /// At most about `count` points: of each stretch the least and the largest value, where they were.
    package func thinned(to count: Int) -> Curve {
        guard points.count > count, count >= 4 else { return self }
        let stretches = count / 2
        var kept: [Point] = []
        for stretch in 0..<stretches {
            let range = (stretch * points.count / stretches)..<((stretch + 1) * points.count / stretches)
            guard let low = range.min(by: { points[$0].y < points[$1].y }),
                let high = range.max(by: { points[$0].y < points[$1].y })
            else { continue }
            kept += low == high ? [points[low]] : [points[min(low, high)], points[max(low, high)]]
        }
        return Curve(kept)
    }

    /// The value below which a share of the values lies; nil without values.
    func quantile(_ share: Double) -> Double? {
        guard !points.isEmpty else { return nil }
        let sorted = points.map(\.y).sorted()
        return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
    }
}
