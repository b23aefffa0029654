import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Requests to the hub and to what it redirects to: who gets the token, which redirects are followed, when to try again.
struct HubClient: Sendable {
    let settings: HubSettings
    let clients: PinnedClients
    let report: @Sendable (HubEvent) -> Void

    /// An answer with a status of success, and what the answers on the way to it said.
    struct Answer: Sendable {
        let response: HTTPClientResponse
        /// Where it came from after redirects.
        let address: Address
        /// `X-Repo-Commit` of the first answer that had it.
        let commit: String?
        /// The ETag of the contents: `X-Linked-Etag` of the first answer that had it, else `ETag` of the last.
        let etag: String?
        /// The size of the contents: `X-Linked-Size` of the first answer that had it, else of the last one's header.
        let size: Int?
    }

    /// Runs `body` with a client that is shut down afterwards.
    static func with<Result: Sendable>(
        _ settings: HubSettings, report: @escaping @Sendable (HubEvent) -> Void,
        _ body: (HubClient) async throws(HubError) -> Result
    ) async throws(HubError) -> Result {
        let clients = PinnedClients(settings)
        let result: Swift.Result<Result, HubError>
        do throws(HubError) {
            result = .success(try await body(HubClient(settings: settings, clients: clients, report: report)))
        } catch {
            result = .failure(error)
        }
        await clients.shutDown()
        return try result.get()
    }

    /// Sends one request and follows its redirects.
    ///
    /// - Parameter stopsAtLink: Whether a redirect that already says what the contents are is answer enough.
    func request(
        _ method: HTTPMethod, _ address: Address, headers: HTTPHeaders = [:], subject: String, stopsAtLink: Bool = false
    ) async throws(RequestFailure) -> Answer {
        guard !settings.isOffline else {
            throw RequestFailure(
                HubError(
                    .offline, subject, url: address.shown, reason: "the network is switched off",
                    advice: "Unset HF_HUB_OFFLINE, or leave --offline out"))
        }
        let home = Address(settings.endpoint)?.origin
        var address = address
        var commit: String?
        var linkedEtag: String?
        var linkedSize: Int?
        for _ in 0...max(0, settings.maximumRedirects) {
            var request = HTTPClientRequest(url: address.text)
            request.method = method
            request.headers = headers
            request.headers.replaceOrAdd(name: "User-Agent", value: "needletail/0.1")
            // What arrives must be the bytes that are announced.
            request.headers.replaceOrAdd(name: "Accept-Encoding", value: "identity")
            let token = address.origin == home ? settings.token : nil
            if let token { request.headers.replaceOrAdd(name: "Authorization", value: "Bearer \(token.value)") }
            let client = try await clients.client(for: address, subject: subject)
            let response: HTTPClientResponse
            do {
                // The client's own timeouts bound every wait; a whole model has no deadline.
                response = try await client.execute(request, deadline: .distantFuture)
            } catch {
                throw RequestFailure(error, subject: subject, address: address)
            }
            commit = commit ?? response.headers.first(name: "X-Repo-Commit")
            linkedEtag = linkedEtag ?? response.headers.first(name: "X-Linked-Etag")
            linkedSize = linkedSize ?? response.headers.first(name: "X-Linked-Size").flatMap { Int($0) }
            let status = Int(response.status.code)
            let isRedirect = [301, 302, 303, 307, 308].contains(status)
            if (200..<300).contains(status) || (isRedirect && stopsAtLink && commit != nil && linkedEtag != nil) {
                let etag = linkedEtag ?? response.headers.first(name: "ETag")
                return Answer(
                    response: response, address: address, commit: commit, etag: etag.map(Self.normalized),
                    size: linkedSize ?? (isRedirect ? nil : Self.length(response.headers)))
            }
            guard isRedirect else {
                throw RequestFailure(
                    status: status, headers: response.headers, subject: subject, address: address,
                    hasToken: token != nil)
            }
            address = try next(from: address, response.headers.first(name: "Location"), status, subject)
        }
        throw RequestFailure(
            HubError(
                .redirect, subject, url: address.shown,
                reason: "the server redirects more than \(settings.maximumRedirects) times",
                advice: "Check HF_ENDPOINT: the server seems to lead in circles"))
    }

    /// Where a redirect leads, if a download may go there.
    private func next(
        from address: Address, _ location: String?, _ status: Int, _ subject: String
    ) throws(RequestFailure) -> Address {
        func refused(_ reason: String) -> RequestFailure {
            RequestFailure(
                HubError(
                    .redirect, subject, url: address.shown, status: status, reason: reason,
                    advice: "Do not use this server for downloads"))
        }
        guard let location else { throw refused("a redirect that does not say where") }
        guard let next = address.following(location) else {
            throw refused("a redirect to something that is no http address")
        }
        guard next.isSecure || !address.isSecure else {
            throw refused("a redirect from an encrypted connection to an open one")
        }
        return next
    }

    /// Runs an attempt until it succeeds, fails for good, or has failed too often.
    func retrying<Result>(
        file: String, _ attempt: () async throws(RequestFailure) -> Result
    ) async throws(HubError) -> Result {
        var count = 0
        while true {
            guard !Task.isCancelled else { throw .cancelled(file) }
            let failure: RequestFailure
            do throws(RequestFailure) {
                return try await attempt()
            } catch {
                failure = error
            }
            count = failure.madeProgress ? 1 : count + 1
            guard failure.isTransient, count < settings.attempts else { throw failure.error }
            let delay = delay(before: count, asked: failure.delay)
            report(.retrying(file: file, reason: failure.error.reason, after: delay))
            do {
                try await Task.sleep(for: delay)
            } catch {
                throw .cancelled(file)
            }
        }
    }

    private func delay(before count: Int, asked: Duration?) -> Duration {
        let doubled = settings.retryDelay * (1 << min(count - 1, 16))
        return min(settings.longestRetryDelay, max(doubled, asked ?? .zero))
    }

    /// What the server says about a file, without its contents.
    func head(_ address: Address, subject: String) async throws(HubError) -> Answer {
        try await retrying(file: subject) { () async throws(RequestFailure) in
            try await request(.HEAD, address, subject: subject, stopsAtLink: true)
        }
    }

    /// The bytes of a small answer.
    func bytes(_ address: Address, subject: String) async throws(HubError) -> (bytes: [UInt8], answer: Answer) {
        try await retrying(file: subject) { () async throws(RequestFailure) in
            let answer = try await request(.GET, address, subject: subject)
            var bytes: [UInt8] = []
            do {
                for try await chunk in answer.response.body {
                    bytes += chunk.readableBytesView
                    guard bytes.count <= settings.maximumListingBytes else {
                        throw RequestFailure(
                            HubError(
                                .limitExceeded, subject, url: answer.address.shown,
                                reason: "the answer is longer than \(settings.maximumListingBytes) bytes"))
                    }
                }
            } catch {
                throw RequestFailure(error, subject: subject, address: answer.address)
            }
            return (bytes, answer)
        }
    }

    /// An ETag without the marks of weakness and quotation, as it names blobs.
    static func normalized(_ etag: String) -> String {
        var text = Substring(etag)
        if text.hasPrefix("W/") { text = text.dropFirst(2) }
        if text.hasPrefix("\""), text.hasSuffix("\""), text.utf8.count >= 2 { text = text.dropFirst().dropLast() }
        return String(text)
    }

    /// The length of the contents that an answer's own fields announce.
    static func length(_ headers: HTTPHeaders) -> Int? {
        let encoding = headers.first(name: "Content-Encoding")?.lowercased() ?? "identity"
        guard encoding == "identity" else { return nil }
        return headers.first(name: "Content-Length").flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
}

extension TimeAmount {
    /// Rounded down to microseconds.
    init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        self = .microseconds(seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }
}
