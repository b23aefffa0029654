import Access
import JSON
import Synchronization

/// Rate limits of single users on single models; forgotten when the process ends.
final class UserLimits: Sendable {
    private let buckets = Mutex<[String: [String: TokenBucket]]>([:])

    /// Takes a token of a user for a model.
    ///
    /// - Returns: Whether the user may go on.
    func take(_ user: String, _ model: String, _ controller: StoredDocument, at now: Int64) -> Bool {
        guard
            let limit = RateLimit.limit(of: controller.source["user_rate_limiter"]?[user]?.object)
        else { return true }
        return buckets.withLock { buckets in
            var bucket = buckets[model]?[user] ?? TokenBucket(limit, at: now)
            defer { buckets[model, default: [:]][user] = bucket }
            return bucket.take(limit, at: now)
        }
    }

    /// Begins anew with all users of a model.
    func forget(_ model: String) { buckets.withLock { $0[model] = nil } }
}

extension MLCommons {
    /// Refuses a prediction of a user who has made as many as the model's controller lets them.
    func checkUser(of model: String, at now: Int64) throws(MLError) {
        guard let user = Self.caller?.name, state.settings.flag(MLSetting.controlsModels),
            let controller = state[.controller, model]
        else { return }
        guard userLimits.take(user, model, controller, at: now) else {
            throw .status(
                429,
                "Request is throttled at user level. If you think there's an issue, please contact your cluster admin.")
        }
    }
}
