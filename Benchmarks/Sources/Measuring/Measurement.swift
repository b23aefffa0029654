/// The times of one piece of work, repeated until the clock says enough.
public struct Measurement: Sendable {
    /// What was timed, as the printed table names it.
    public let name: String
    /// Wall-clock times of the single runs, sorted, in seconds.
    public let seconds: [Double]
    /// How many units (tokens, bytes, pairs, multiply-adds ...) one run works through.
    public let units: Double
    /// The name of that unit.
    public let unit: String

    /// The median run in seconds; the mean of the two middle ones for an even number of runs.
    public var median: Double {
        let middle = seconds.count / 2
        return seconds.count % 2 == 1 ? seconds[middle] : (seconds[middle - 1] + seconds[middle]) / 2
    }

    /// The fastest run in seconds: what the machine can do when nothing else runs on it.
    public var minimum: Double { seconds[0] }

    /// Units per second of the median run.
    public var rate: Double { units / median }

    /// Times `work` after `warmUps` untimed runs, at least `minimumRuns` times and for at least `atLeast`.
    public static func measure(
        _ name: String, units: Double, of unit: String, warmUps: Int = 1, minimumRuns: Int = 5,
        atLeast: Duration = .seconds(1), _ work: () throws -> Void
    ) rethrows -> Measurement {
        for _ in 0..<warmUps { try work() }
        let clock = ContinuousClock()
        let start = clock.now
        var seconds: [Double] = []
        while seconds.count < minimumRuns || clock.now - start < atLeast {
            let elapsed = try clock.measure { try work() }
            seconds.append(elapsed / .seconds(1))
        }
        return Measurement(name: name, seconds: seconds.sorted(), units: units, unit: unit)
    }
}

/// Keeps a result alive, so that the optimiser cannot remove the work that made it.
@inline(never)
@_optimize(none)
public func consume<T>(_ value: T) {}
