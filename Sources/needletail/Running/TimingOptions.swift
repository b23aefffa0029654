import ArgumentParser

/// How often a benchmark repeats its work.
struct TimingOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Timed runs at least.", valueName: "count"))
    var runs = 7

    @Option(help: ArgumentHelp("Goes on with timed runs until so many seconds have passed.", valueName: "seconds"))
    var seconds = 1.0

    func validate() throws {
        if runs < 1 { throw ValidationError("--runs must be at least 1, not \(runs).") }
        guard (0...3600).contains(seconds) else {
            throw ValidationError("--seconds must be from 0 to 3600, not \(seconds).")
        }
    }

    /// Times of runs of the same work, in milliseconds.
    struct Times {
        let median: Double
        let minimum: Double
        let runs: Int
    }

    /// Warms up for 0.3 seconds and one run at least, then takes the time of every run.
    ///
    /// - Parameter runs: timed runs at least; nil means as asked for on the command line, and its seconds as well.
    /// - Returns: what the last run gave, and the times.
    func measure<Result>(atLeast runs: Int? = nil, _ work: () throws -> Result) rethrows -> (Result, Times) {
        let clock = ContinuousClock()
        var start = clock.now
        var result = try work()
        var warmUps = 1
        while clock.now - start < .milliseconds(300) && warmUps < 100 {
            result = try work()
            warmUps += 1
        }
        var times: [Double] = []
        start = clock.now
        while times.count < runs ?? self.runs || (runs == nil && clock.now - start < .seconds(seconds)) {
            let begin = clock.now
            result = try work()
            times.append((clock.now - begin).milliseconds)
        }
        times.sort()
        let middle = times.count / 2
        let median = times.count % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2
        return (result, Times(median: median, minimum: times[0], runs: times.count))
    }
}
