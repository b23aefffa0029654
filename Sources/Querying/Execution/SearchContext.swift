public import Mappings

/// What a search needs to know beside its request.
public struct SearchContext: Sendable {
    /// What `now` means in dates.
    public var now: Moment
    /// Whether names of aggregations carry their type (`typed_keys`).
    public var typedKeys = false
    /// The setting `search.max_buckets`.
    public var maximumBuckets = 65_535
    /// Finds values that a query names in another document.
    public var lookup: (any TermsLookup)?
    /// What the texts of `neural` and `neural_sparse` queries became.
    public var encodings = QueryEncodings.none
    /// Asked again and again while the search runs: whether nobody waits for it any more.
    public var isCancelled: @Sendable () -> Bool
    /// A clock in nanoseconds that only goes forward.
    public var clock: @Sendable () -> UInt64

    /// Makes a context.
    public init(
        now: Moment, lookup: (any TermsLookup)? = nil, isCancelled: @escaping @Sendable () -> Bool = { false },
        clock: @escaping @Sendable () -> UInt64 = { SearchContext.monotonic() }
    ) {
        self.now = now
        self.lookup = lookup
        self.isCancelled = isCancelled
        self.clock = clock
    }

    /// Nanoseconds of the system's monotonic clock.
    public static func monotonic() -> UInt64 {
        // The reference first: it is made when it is first asked for.
        let reference = reference
        let elapsed = ContinuousClock.now - reference
        let (seconds, attoseconds) = elapsed.components
        return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
    }

    private static let reference = ContinuousClock.now
}
