import AsyncHTTPClient
public import ClusterAccess
import JSON
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A search cluster that is asked over HTTP.
///
/// Redirects are not followed: credentials go to the named address alone. Busy answers are waited for; see ``ClusterSettings/attempts``.
public final class HTTPCluster: SearchCluster {
    /// The address, without credentials.
    public var name: String { address.text }

    private let address: ClusterAddress
    private let settings: ClusterSettings
    private let client: HTTPClient

    /// Checks the settings; nothing is sent yet.
    ///
    /// ``shutDown()`` has to be called once the cluster is not needed any more; ``with(_:_:)`` does.
    ///
    /// - Throws: ``ClusterError`` for an address that is none, a file of certificates that cannot be read, or credentials that would go to another machine
    ///   without TLS.
    public init(_ settings: ClusterSettings) throws(ClusterError) {
        let address = try ClusterAddress(settings.address)
        self.address = address
        self.settings = settings
        guard address.isSecure || address.isLoopback || settings.isInsecure || !settings.credentials.isSecret else {
            throw ClusterError(
                .badSetting, cluster: address.text,
                reason: "\(settings.credentials) would go over the network without TLS",
                advice: "Use https, or allow an insecure connection explicitly.")
        }
        client = try Self.client(settings, address)
    }

    /// Runs `body` with a cluster whose connections are closed afterwards.
    public static func with<Result: Sendable>(
        _ settings: ClusterSettings, _ body: (HTTPCluster) async throws -> Result
    ) async throws -> Result {
        let cluster = try HTTPCluster(settings)
        do {
            let result = try await body(cluster)
            await cluster.shutDown()
            return result
        } catch {
            await cluster.shutDown()
            throw error
        }
    }

    /// Closes all connections.
    public func shutDown() async { try? await client.shutdown() }

    /// Sends a request, again while the cluster is busy, and waits for the whole reply.
    public func send(_ request: ClusterRequest) async throws(ClusterError) -> ClusterReply {
        var attempt = 1
        while true {
            let (failure, asked): (ClusterFailure, Duration?)
            do throws(ClusterFailure) {
                let answer = try await exchange(request)
                let mayPass = answer.status == 429 || answer.status == 503
                let isGateway = answer.status == 502 || answer.status == 504
                guard mayPass || (isGateway && request.isRepeatable), attempt < settings.attempts else {
                    return try reply(answer, to: request)
                }
                asked = answer.retryAfter
            } catch {
                failure = error
                guard failure.isTransient(request), attempt < settings.attempts else { throw failure.error }
                asked = nil
            }
            do {
                try await Task.sleep(for: delay(after: attempt, asked: asked))
            } catch {
                throw ClusterFailure.cancelled(request, name).error
            }
            attempt += 1
        }
    }

    private func delay(after attempt: Int, asked: Duration?) -> Duration {
        let doubled = settings.retryDelay * (1 << min(attempt - 1, 16))
        // Clients that were refused together come back one after the other.
        let spread = doubled * Double.random(in: 0.75...1.25)
        return min(settings.longestRetryDelay, max(spread, asked ?? .zero))
    }

    // MARK: One attempt

    private struct Answer {
        let status: Int
        let retryAfter: Duration?
        let location: String?
        let body: [UInt8]
    }

    private func exchange(_ request: ClusterRequest) async throws(ClusterFailure) -> Answer {
        guard !Task.isCancelled else { throw .cancelled(request, name) }
        var message = HTTPClientRequest(url: address.text + request.target)
        message.method = HTTPMethod(rawValue: request.method)
        for (name, value) in try headers(of: request) { message.headers.add(name: name, value: value) }
        if case .basic(let user, let password) = settings.credentials {
            message.setBasicAuth(username: user, password: password)
        }
        if !request.body.isEmpty { message.body = .bytes(ByteBuffer(bytes: request.body)) }
        do {
            let response = try await client.execute(message, deadline: .now() + TimeAmount(settings.requestTimeout))
            let body = try await response.body.collect(upTo: settings.replyLimit)
            let seconds = response.headers.first(name: "Retry-After").flatMap { Int($0) }
            return Answer(
                status: Int(response.status.code),
                retryAfter: seconds.flatMap { $0 >= 0 ? .seconds(min($0, 86_400)) : nil },
                location: response.headers.first(name: "Location"), body: Array(body.readableBytesView))
        } catch {
            throw ClusterFailure(error, request, name, settings)
        }
    }

    private func headers(of request: ClusterRequest) throws(ClusterFailure) -> [(name: String, value: String)] {
        var headers = [(name: "Accept", value: "application/json"), (name: "User-Agent", value: "needletail")]
        if !request.body.isEmpty { headers.append((name: "Content-Type", value: request.contentType)) }
        switch settings.credentials {
        case .none, .basic: break
        case .apiKey(let key): headers.append((name: "Authorization", value: "ApiKey \(key)"))
        case .bearer(let token): headers.append((name: "Authorization", value: "Bearer \(token)"))
        case .signature(let accessKey, let secretKey, let sessionToken, let region, let service):
            headers += try AmazonSignature(
                accessKey: accessKey, secretKey: secretKey, sessionToken: sessionToken, region: region, service: service
            ).headers(of: request, to: address.text, with: headers, at: Int(time(nil)))
        }
        return headers
    }

    private func reply(_ answer: Answer, to request: ClusterRequest) throws(ClusterFailure) -> ClusterReply {
        func malformed(_ reason: String, _ advice: String) -> ClusterFailure {
            ClusterFailure(
                ClusterError(
                    .malformedReply, cluster: name, request: request.shown, status: answer.status, reason: reason,
                    advice: advice))
        }
        guard !(300..<400).contains(answer.status) else {
            let place = answer.location.map { ClusterAddress.shown($0) } ?? "somewhere else"
            throw malformed("the address leads to \(place)", "Give the address of the cluster itself.")
        }
        guard !answer.body.isEmpty else { return ClusterReply(status: answer.status, body: .null) }
        do throws(JSONError) {
            return ClusterReply(status: answer.status, body: try JSONValue(parsing: answer.body))
        } catch {
            let text = String(decoding: answer.body.prefix(300), as: UTF8.self)
            if answer.status >= 400 {
                // What gateways say: a page or a line.
                return ClusterReply(status: answer.status, body: ["error": .string(text)])
            }
            throw malformed(
                "the answer is no JSON (\(error.reason)): \(text.debugDescription)",
                "Is this the address of an OpenSearch-compatible cluster?")
        }
    }
}
