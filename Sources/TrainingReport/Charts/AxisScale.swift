/// Round values along an axis: multiples of 1, 2 or 5 times a power of ten.
package struct AxisScale {
    /// The least value that is shown.
    package let low: Double
    /// The largest value that is shown.
    package let high: Double
    /// The round values between them.
    package let ticks: [Double]

    /// An axis around the values from `low` to `high` with about `count` ticks; its ends are ticks where `isRounded`.
    package init(_ low: Double, _ high: Double, count: Int, isRounded: Bool = true) {
        let span = high > low ? high - low : max(abs(high) * 0.1, 1e-9)
        let (low, high) = high > low ? (low, high) : (low - span / 2, high + span / 2)
        let step = Self.roundStep((high - low) / Double(max(1, count)))
        let first = isRounded ? (low / step + 1e-9).rounded(.down) : (low / step - 1e-9).rounded(.up)
        let last = isRounded ? (high / step - 1e-9).rounded(.up) : (high / step + 1e-9).rounded(.down)
        ticks = stride(from: first, through: last, by: 1).map { $0 * step }
        self.low = isRounded ? first * step : low
        self.high = isRounded ? last * step : high
    }

    /// Where a value lies: 0 at the low end, 1 at the high one.
    package func share(_ value: Double) -> Double { (value - low) / (high - low) }

    private static func roundStep(_ step: Double) -> Double {
        var power = 1.0
        while power > step { power /= 10 }
        while power * 10 <= step { power *= 10 }
        return ([1, 2, 5].map { $0 * power }.first { $0 >= step * (1 - 1e-9) }) ?? 10 * power
    }
}
