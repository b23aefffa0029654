/// How often a request is tried, and how long is waited in between.
public struct RetryDelays: Sendable, Hashable {
    /// How often at most, the first time included.
    public var attempts = 6
    /// The first wait.
    public var first = Duration.seconds(1)
    /// No wait is longer, whatever a service asks for.
    public var longest = Duration.seconds(120)

    /// The defaults.
    public init() {}

    /// The wait behind a failed attempt: what `Retry-After` asks for, or twice as long each time, a half of it drawn.
    ///
    /// - Parameters:
    ///   - attempt: the attempts so far, from 1.
    ///   - retryAfter: the header's value; a date in it counts as none.
    ///   - draw: a number from 0 to 1.
    func delay(after attempt: Int, retryAfter: String?, draw: Double) -> Duration {
        if let seconds = retryAfter.flatMap({ Double($0.filter { $0 != " " }) }), seconds >= 0, seconds.isFinite {
            return min(longest, .seconds(min(seconds, 1e6)))
        }
        let grown = first * Double(sign: .plus, exponent: min(attempt - 1, 20), significand: 1)
        return min(longest, grown) * (0.5 + 0.5 * draw)
    }
}
