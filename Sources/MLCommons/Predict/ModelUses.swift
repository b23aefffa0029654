import Synchronization

/// Which models are in memory and how they are used; forgotten when the process ends.
final class ModelUses: Sendable {
    /// How a model was used since it was first asked for.
    struct Use: Sendable {
        var function: FunctionName
        var requests = 0
        var failures = 0
        var executing = 0
        var lastUse: Int64 = 0
        /// Milliseconds of the latest predictions, the newest last.
        var durations: [Double] = []
        /// Predictions that a rate limit still allows.
        var allowance: TokenBucket?
    }

    private struct State {
        var loaded: Set<String> = []
        var loading: Set<String> = []
        var uses: [String: Use] = [:]
    }

    private let state = Mutex(State())

    /// Makes room for a model that is about to come into memory, until ``release(_:)``.
    ///
    /// - Parameter limit: models that there may be.
    /// - Returns: Whether there is room.
    func reserve(_ id: String, among limit: Int) -> Bool {
        state.withLock { state in
            // Models of other servers take no memory here.
            let others = state.loaded.union(state.loading).filter { $0 != id && state.uses[$0]?.function != .remote }
            guard others.count < limit else { return false }
            state.loading.insert(id)
            return true
        }
    }

    /// The model has come, or does not come.
    func release(_ id: String) { state.withLock { _ = $0.loading.remove(id) } }

    /// A model has come into memory.
    func loaded(_ id: String, _ function: FunctionName, at now: Int64) {
        state.withLock { state in
            state.loaded.insert(id)
            state.uses[id, default: Use(function: function)].lastUse = now
        }
    }

    /// A model has left the memory.
    ///
    /// - Returns: Whether it was there.
    func unloaded(_ id: String) -> Bool { state.withLock { $0.loaded.remove(id) != nil } }

    /// A model is no more.
    func forget(_ id: String) { state.withLock { $0.uses[id] = nil } }

    func isLoaded(_ id: String) -> Bool { state.withLock { $0.loaded.contains(id) } }

    /// How many models are in memory.
    var loadedCount: Int { state.withLock { $0.loaded.count } }

    /// When each model in memory that nobody uses now was used last.
    var idle: [(id: String, at: Int64)] {
        state.withLock { state in
            state.loaded.filter { state.uses[$0]?.executing ?? 0 == 0 }
                .map { (id: $0, at: state.uses[$0]?.lastUse ?? 0) }
        }
    }

    /// All uses by model.
    var all: [String: Use] { state.withLock { $0.uses } }

    /// A prediction begins, unless the model's rate limit is met.
    func begin(_ id: String, _ function: FunctionName, at now: Int64, limit: (count: Double, milliseconds: Double)?)
        -> Bool
    {
        state.withLock { state in
            var use = state.uses[id] ?? Use(function: function)
            defer { state.uses[id] = use }
            if let limit {
                var bucket = use.allowance ?? TokenBucket(limit, at: now)
                defer { use.allowance = bucket }
                guard bucket.take(limit, at: now) else { return false }
            } else {
                use.allowance = nil
            }
            use.requests += 1
            use.executing += 1
            use.lastUse = now
            return true
        }
    }

    /// A prediction is over.
    ///
    /// - Parameter kept: How many durations are kept.
    func end(_ id: String, at now: Int64, milliseconds: Double, failed: Bool, kept: Int) {
        state.withLock { state in
            guard var use = state.uses[id] else { return }
            use.executing -= 1
            use.lastUse = now
            if failed {
                use.failures += 1
            } else if kept > 0 {
                use.durations.append(milliseconds)
                if use.durations.count > kept { use.durations.removeFirst(use.durations.count - kept) }
            }
            state.uses[id] = use
        }
    }
}
