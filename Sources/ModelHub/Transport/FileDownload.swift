import AsyncHTTPClient
import NIOCore
import NIOHTTP1

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Fetches one file: into a partial file first, from where an earlier attempt stopped, checked, then renamed into place.
struct FileDownload: Sendable {
    /// A partial file that brought so much more in an attempt makes the attempt free.
    private static let progressBytes = 1 << 20

    let client: HubClient
    /// What progress and errors call the file.
    let name: String
    let address: Address
    /// Where it goes.
    let target: String
    /// Where it grows.
    let partial: String
    /// The ETag that the server announced.
    let etag: String?
    /// The size that the server announced.
    let size: Int?
    let digest: ContentDigest?

    /// Fetches; the caller holds the lock.
    func run() async throws(HubError) {
        try checkRoom()
        // A partial file whose contents nothing can check may be of another version: it starts again.
        if digest == nil { CacheFiles.remove(partial) }
        let resumed = (CacheFiles.size(partial) ?? 0) > 0
        try await client.retrying(file: name) { () async throws(RequestFailure) in try await attempt() }
        if try await isRight() { return try finish() }
        CacheFiles.remove(partial)
        // An old part may be at fault that another program left; fresh bytes are not excused.
        if resumed {
            try await client.retrying(file: name) { () async throws(RequestFailure) in try await attempt() }
            if try await isRight() { return try finish() }
            CacheFiles.remove(partial)
        }
        throw HubError(
            .checksum, name, url: address.shown,
            reason: "the bytes are not those that the server announced, by their checksum; they are thrown away",
            advice: "Try again; if it happens again, the server or a proxy on the way alters files")
    }

    private func isRight() async throws(HubError) -> Bool { try digest?.matches(partial) ?? true }

    private func finish() throws(HubError) {
        try CacheFiles.move(partial, to: target)
        client.report(.finished(file: name, bytes: CacheFiles.size(target) ?? 0))
    }

    private func checkRoom() throws(HubError) {
        guard let size else { return }
        guard size <= client.settings.maximumFileBytes else {
            throw HubError(
                .limitExceeded, name, url: address.shown,
                reason: "a file of \(size) bytes; at most \(client.settings.maximumFileBytes) are fetched")
        }
        let missing = size - (CacheFiles.size(partial) ?? 0)
        guard let free = CacheFiles.freeBytes(RepositoryCache.folder(of: target)), missing > free else { return }
        throw HubError(
            .diskFull, name, reason: "\(missing) bytes are to come, and the disk of \(target) has \(free) left",
            advice: "Free some space, or set HF_HUB_CACHE to a folder on a larger disk")
    }

    /// One request: what is missing of the partial file, as far as the server gives it.
    private func attempt() async throws(RequestFailure) {
        var have = CacheFiles.size(partial) ?? 0
        if let size, have > size {
            CacheFiles.remove(partial)
            have = 0
        }
        if have > 0, have == size { return }
        let before = have
        var headers = HTTPHeaders()
        if have > 0 {
            headers.add(name: "Range", value: "bytes=\(have)-")
            // A checksum decides in the end; without one, the server must know that the file is the same.
            if digest == nil, let etag { headers.add(name: "If-Range", value: "\"\(etag)\"") }
        }
        client.report(.started(file: name, have: have, total: size))
        let answer: HubClient.Answer
        do throws(RequestFailure) {
            answer = try await client.request(.GET, address, headers: headers, subject: name)
        } catch {
            if error.error.status == 416 { CacheFiles.remove(partial) }
            throw error.error.status == 416 ? RequestFailure(retrying: error.error) : error
        }
        try checkSameFile(answer)
        let isPart = answer.response.status == .partialContent
        if isPart {
            try checkRange(answer, have: have)
        } else if have > 0 {
            CacheFiles.remove(partial)
            have = 0
            client.report(.received(file: name, bytes: 0, total: size))
        }
        let announced = try checkLength(answer, have: have)
        try await receive(answer, have: have, before: before, total: size ?? announced)
    }

    /// The body, chunk by chunk.
    ///
    /// - Parameter before: bytes that were there before the attempt; only more than that is progress, also with a server that
    ///   begins anew each time.
    private func receive(_ answer: HubClient.Answer, have: Int, before: Int, total: Int?) async throws(RequestFailure) {
        let limit = total ?? client.settings.maximumFileBytes
        let descriptor = open(partial, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o666)
        guard descriptor >= 0 else { throw RequestFailure(CacheFiles.fault(partial, "opening")) }
        defer { close(descriptor) }
        var received = have
        var window = (start: ContinuousClock.now, bytes: 0)
        do {
            for try await chunk in answer.response.body {
                received += chunk.readableBytes
                window.bytes += chunk.readableBytes
                let elapsed = ContinuousClock.now - window.start
                if elapsed >= client.settings.rateWindow {
                    let least = Double(client.settings.leastBytesPerSecond) * (elapsed / .seconds(1))
                    guard Double(window.bytes) >= least else { throw tooSlow(answer) }
                    window = (.now, 0)
                }
                guard received <= limit else { throw tooLong(limit, isAnnounced: total != nil) }
                do throws(HubError) {
                    try chunk.withUnsafeReadableBytes { (bytes) throws(HubError) in
                        try CacheFiles.append(bytes, to: descriptor, path: partial)
                    }
                } catch {
                    throw RequestFailure(error)
                }
                client.report(.received(file: name, bytes: received, total: total))
            }
        } catch {
            var failure = RequestFailure(error, subject: name, address: answer.address)
            failure.madeProgress = received - before >= Self.progressBytes
            throw failure
        }
        if let total, received < total {
            var failure = RequestFailure(
                retrying: HubError(
                    .size, name, url: answer.address.shown,
                    reason: "\(received) bytes arrived of the \(total) that the server announced",
                    advice: "Try again: what has arrived is kept"))
            failure.madeProgress = received - before >= Self.progressBytes
            throw failure
        }
        guard fsync(descriptor) == 0 else { throw RequestFailure(CacheFiles.fault(partial, "flushing")) }
    }

    private func tooSlow(_ answer: HubClient.Answer) -> RequestFailure {
        RequestFailure(
            retrying: HubError(
                .timeout, name, url: answer.address.shown,
                reason: "the server sends less than \(client.settings.leastBytesPerSecond) bytes a second",
                advice: "Try again later: what has arrived is kept"))
    }

    private func tooLong(_ limit: Int, isAnnounced: Bool) -> RequestFailure {
        CacheFiles.remove(partial)
        return RequestFailure(
            isAnnounced
                ? HubError(
                    .size, name, url: address.shown,
                    reason: "more bytes arrive than the \(limit) that the server announced",
                    advice: "Do not trust this server")
                : HubError(
                    .limitExceeded, name, url: address.shown,
                    reason: "the file does not end after \(limit) bytes, the most that are fetched"))
    }

    /// The server must still speak of the file whose ETag it announced.
    private func checkSameFile(_ answer: HubClient.Answer) throws(RequestFailure) {
        // Behind a redirect, a store's own ETag is of another kind; only equal kinds can be told apart.
        guard let etag, let now = answer.etag, answer.address.origin == address.origin, now != etag else { return }
        CacheFiles.remove(partial)
        throw RequestFailure(
            HubError(
                .changed, name, url: address.shown,
                reason: "the file has changed on the server while it was fetched: its ETag was \(etag) and is \(now)",
                advice: "Ask again"))
    }

    private func checkRange(_ answer: HubClient.Answer, have: Int) throws(RequestFailure) {
        let text = answer.response.headers.first(name: "Content-Range") ?? ""
        guard text.hasPrefix("bytes \(have)-"), have > 0 else {
            CacheFiles.remove(partial)
            throw RequestFailure(
                HubError(
                    .malformedResponse, name, url: answer.address.shown, status: 206,
                    reason: "bytes from \(have) on were asked for, and the server sends '\(text.prefix(64))'",
                    advice: "Ask again: it starts anew"))
        }
    }

    /// The size of the whole file that this answer announces, which must be the one announced before.
    private func checkLength(_ answer: HubClient.Answer, have: Int) throws(RequestFailure) -> Int? {
        let encoding = answer.response.headers.first(name: "Content-Encoding")?.lowercased() ?? "identity"
        guard encoding == "identity" else {
            throw RequestFailure(
                HubError(
                    .malformedResponse, name, url: answer.address.shown,
                    reason: "the server compresses (\(encoding.prefix(32))) though it was asked not to",
                    advice: "Check the proxy or mirror on the way"))
        }
        guard let length = HubClient.length(answer.response.headers) else { return nil }
        let (whole, overflow) = length.addingReportingOverflow(have)
        if overflow || (size != nil && whole != size) {
            throw RequestFailure(
                HubError(
                    .size, name, url: answer.address.shown,
                    reason: "the server announced \(size ?? 0) bytes and sends \(overflow ? length : whole)",
                    advice: "Ask again later; a mirror may be in the middle of an update"))
        }
        return whole
    }
}
