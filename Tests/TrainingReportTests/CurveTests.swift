import Testing
import TrainingReport

/// Curves and their axes.
@Suite struct CurveTests {
    @Test(arguments: [
        (0.0, 0.9, 5), (0.79, 0.853, 5), (3e-7, 2e-5, 4), (-4, 17, 6), (0, 8123, 5), (5, 5, 5), (0, 0, 3),
    ])
    func ticksAreRoundAndCoverTheValues(low: Double, high: Double, count: Int) {
        let scale = AxisScale(low, high, count: count)
        #expect(scale.low <= low && scale.high >= high && scale.low < scale.high)
        #expect((2...12).contains(scale.ticks.count))
        for tick in scale.ticks { #expect(Figures.significant(tick, 9).filter(\.isNumber).count <= 6, "\(tick)") }
        let inner = AxisScale(low, high, count: count, isRounded: false)
        #expect(inner.ticks.allSatisfy { $0 >= inner.low - 1e-9 && $0 <= inner.high + 1e-9 })
    }

    /// The first value is itself, a constant stays constant, and a step is followed.
    @Test func smoothingIsAnUnbiasedMovingAverage() {
        let constant = Curve((0..<50).map { .init(x: Double($0), y: 3) }).smoothed(reach: 10)
        #expect(constant.points.allSatisfy { abs($0.y - 3) < 1e-12 })
        let two = Curve([.init(x: 0, y: 1), .init(x: 1, y: 2)]).smoothed(reach: 4)
        #expect(two.points[0].y == 1)
        #expect(abs(two.points[1].y - (0.75 * 0.25 * 1 + 0.25 * 2) / (0.75 * 0.25 + 0.25)) < 1e-12)
    }

    @Test func thinningKeepsTheExtremesWhereTheyWere() {
        let points = (0..<10_000).map { (step: Int) -> Curve.Point in
            let value: Double = step == 7_777 ? 9 : step == 1_234 ? -9 : Double(step % 7) / 7
            return Curve.Point(x: Double(step), y: value)
        }
        let curve = Curve(points)
        let thin = curve.thinned(to: 100)
        #expect(thin.points.count <= 100)
        #expect(thin.points.contains(Curve.Point(x: 7_777, y: 9)) && thin.points.contains(Curve.Point(x: 1_234, y: -9)))
        #expect(zip(thin.points, thin.points.dropFirst()).allSatisfy { $0.x < $1.x })
        #expect(curve.thinned(to: 10_000) == curve)
    }

    @Test func valuesThatAreNoNumbersAreLeftOut() {
        #expect(
            Curve([.init(x: 0, y: .nan), .init(x: 1, y: 2), .init(x: 2, y: .infinity)]).points == [.init(x: 1, y: 2)])
    }
}
