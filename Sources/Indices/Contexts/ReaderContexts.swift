import ClusterState
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Snapshots that clients hold over several requests: points in time and scrolls, each with a time after which it is forgotten.
public final class ReaderContexts: Sendable {
    /// What a context is for.
    public enum Kind: Sendable, Hashable {
        /// `/{index}/_search/point_in_time`.
        case pointInTime
        /// `?scroll=`.
        case scroll
    }

    /// An open context.
    public struct Context: Sendable {
        /// Its id, which cannot be guessed.
        public let id: String
        /// What it is for.
        public let kind: Kind
        /// When it was opened, in milliseconds since 1970.
        public let createdAt: Int64
        /// For how long it is kept after each use, in nanoseconds.
        public internal(set) var keepAlive: Int64
        /// The indices as of then.
        public let snapshots: [SearchSnapshot]
        /// What whoever opened it wants to find again: for a scroll the request and how far it has come.
        public internal(set) var payload: (any Sendable)?
        var expires: ContinuousClock.Instant
    }

    private let contexts = Mutex<[String: Context]>([:])
    private let limits: [Kind: Int]

    /// No contexts, and at most so many later: `search.max_open_pit_context`, `search.max_open_scroll_context`.
    public init(pointInTimeLimit: Int = 300, scrollLimit: Int = 500) {
        limits = [.pointInTime: pointInTimeLimit, .scroll: scrollLimit]
    }

    /// Opens a context.
    ///
    /// - Parameters:
    ///   - keepAlive: Nanoseconds after the last use.
    ///   - limit: How many of the kind there may be; `nil`: as many as these contexts were made for.
    /// - Throws: ``IndicesError/tooManyContexts(limit:)``.
    public func open(
        _ kind: Kind, _ snapshots: [SearchSnapshot], keepAlive: Int64, payload: (any Sendable)? = nil,
        limit: Int? = nil
    ) throws(IndicesError) -> Context {
        expire()
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let context = Context(
            id: UniqueIdentifier.next() + UniqueIdentifier.next(), kind: kind,
            createdAt: Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000, keepAlive: keepAlive,
            snapshots: snapshots, payload: payload, expires: Self.expiry(keepAlive))
        let limit = limit ?? limits[kind] ?? .max
        let isOpen = contexts.withLock { contexts in
            guard contexts.values.count(where: { $0.kind == kind }) < limit else { return false }
            contexts[context.id] = context
            return true
        }
        guard isOpen else { throw .tooManyContexts(limit: limit) }
        return context
    }

    /// Finds a context for a use, from which its time counts again.
    ///
    /// - Parameter keepAlive: A new time to keep it, if one was asked for.
    /// - Throws: ``IndicesError/contextMissing(id:)``.
    public func use(_ id: String, keepAlive: Int64? = nil) throws(IndicesError) -> Context {
        let found = contexts.withLock { contexts -> Context? in
            guard var context = contexts[id], context.expires > .now else { return nil }
            if let keepAlive { context.keepAlive = keepAlive }
            context.expires = Self.expiry(context.keepAlive)
            contexts[id] = context
            return context
        }
        guard let found else { throw .contextMissing(id: id) }
        return found
    }

    /// Replaces what whoever opened it wants to find again; nothing if it is gone.
    public func setPayload(_ payload: (any Sendable)?, of id: String) {
        contexts.withLock { $0[id]?.payload = payload }
    }

    /// Closes a context; false if there was none.
    @discardableResult
    public func close(_ id: String) -> Bool {
        // What is let go may take its time outside of the lock.
        let closed = contexts.withLock { $0.removeValue(forKey: id) }
        return closed != nil
    }

    /// Closes all contexts of a kind.
    ///
    /// - Returns: Their ids.
    @discardableResult
    public func closeAll(_ kind: Kind) -> [String] { closeAll { $0.kind == kind }.map(\.id) }

    /// The open contexts of a kind, the oldest first.
    public func all(_ kind: Kind) -> [Context] {
        contexts.withLock { $0.values.filter { $0.kind == kind && $0.expires > .now } }
            .sorted { ($0.createdAt, $0.id) < ($1.createdAt, $1.id) }
    }

    /// Forgets contexts whose time is over.
    func expire() {
        let now = ContinuousClock.now
        _ = closeAll { $0.expires <= now }
    }

    /// Forgets contexts that read an index which goes away.
    func closeAll(ofIndex name: String) {
        _ = closeAll { context in context.snapshots.contains { $0.indexName == name } }
    }

    private func closeAll(_ isMeant: (Context) -> Bool) -> [Context] {
        contexts.withLock { contexts in
            let closed = contexts.values.filter(isMeant)
            for context in closed { contexts[context.id] = nil }
            return closed
        }
    }

    private static func expiry(_ keepAlive: Int64) -> ContinuousClock.Instant {
        .now + .nanoseconds(min(keepAlive, 1 << 60))
    }
}
