import JSON

extension SearchCluster {
    /// Sends a request that has to succeed.
    ///
    /// - Parameter advice: What to do where the cluster refuses.
    /// - Returns: The body of the reply.
    func ask(_ request: ClusterRequest, advice: String = "") async throws(ClusterError) -> JSONValue {
        let reply = try await send(request)
        guard reply.isSuccess else { throw refusal(reply, of: request, advice: advice) }
        return reply.body
    }

    /// The error for a reply that is a refusal.
    func refusal(_ reply: ClusterReply, of request: ClusterRequest, advice: String = "") -> ClusterError {
        var advice = advice
        switch reply.status {
        case 401: advice = "Check user and password, or the key."
        case 403: advice = "The user lacks a right for this request."
        case 413: advice = "The cluster takes less in one request: raise its http.max_content_length."
        default: break
        }
        return ClusterError(
            .refused, cluster: name, request: request.shown, status: reply.status, type: reply.errorType,
            reason: reply.errorReason.map { String($0.prefix(1000)) } ?? "the cluster gives no reason", advice: advice)
    }

    /// The error for a reply that lacks what the API documents.
    func malformed(_ request: ClusterRequest, lacks field: String) -> ClusterError {
        ClusterError(
            .malformedReply, cluster: name, request: request.shown, reason: "the reply has no [\(field)]",
            advice: "Is this an OpenSearch-compatible cluster?")
    }

    /// An error that no single request is to blame for.
    func error(_ code: ClusterError.Code, _ reason: String, _ advice: String = "") -> ClusterError {
        ClusterError(code, cluster: name, reason: reason, advice: advice)
    }

    /// Sends a request whose outcome nobody waits for, even if the caller was cancelled.
    func tidyUp(_ request: ClusterRequest) async {
        await Task { _ = try? await send(request) }.value
    }
}

/// Runs work on a cluster; a cancellation is told as Swift tells it.
func cancellable<Result>(_ body: () async throws -> Result) async throws -> Result {
    do {
        return try await body()
    } catch let error as ClusterError where error.code == .cancelled {
        throw CancellationError()
    }
}
