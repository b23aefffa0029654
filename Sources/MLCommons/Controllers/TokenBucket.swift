/// A rate limit at work: tokens that requests take, and that come back with time.
///
/// It begins full, and holds as many tokens as its limit says, as OpenSearch's `TokenBucket` does.
struct TokenBucket: Sendable {
    private var tokens: Double
    private var at: Int64

    /// A full bucket.
    ///
    /// - Parameter now: Milliseconds since 1970.
    init(_ limit: (count: Double, milliseconds: Double), at now: Int64) {
        tokens = limit.count
        at = now
    }

    /// Takes a token.
    ///
    /// - Returns: Whether there was one.
    mutating func take(_ limit: (count: Double, milliseconds: Double), at now: Int64) -> Bool {
        tokens = min(limit.count, tokens + Double(max(0, now - at)) * limit.count / limit.milliseconds)
        at = now
        guard tokens >= 1 else { return false }
        tokens -= 1
        return true
    }
}
