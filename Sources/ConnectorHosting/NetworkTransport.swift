import AsyncHTTPClient
public import Connectors
import ModelHub
import NIOCore
import NIOHTTP1
import Synchronization

/// Sends the requests of connectors over the network.
///
/// A name is looked up once for each call, its addresses are checked, and the connection goes to one of those: an answer of the name server that
/// changes in between leads nowhere else. Redirects are not followed.
public final class NetworkTransport: ConnectorTransport {
    /// What calls may share connections: they go to one address of one host, under the same limits.
    private struct Key: Hashable {
        let host: String
        let address: String
        let config: ConnectorClientConfig
    }

    private struct Pool {
        let client: HTTPClient
        var calls = 0
        var lastUse = 0
    }

    private struct State {
        var pools: [Key: Pool] = [:]
        var uses = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Hosts whose connections are kept.
    private static let mostPools = 32
    /// Bytes of an answer at most.
    private static let largestAnswer = 64 << 20
    /// Nothing takes longer, whatever a connector says.
    private static let longestCall = TimeAmount.minutes(10)

    /// A transport without connections.
    public init() {}

    /// Sends one request and waits for the whole answer.
    public func send(_ call: ConnectorCall, _ config: ConnectorClientConfig) async throws(ConnectorTransportError)
        -> ConnectorAnswer
    {
        let host = call.host
        let addresses = await NetworkAddress.resolve(host)
        guard let address = addresses.first else { throw .failed("the host \(host) is not known") }
        guard call.allowsPrivateAddresses || !addresses.contains(where: \.isPrivate) else {
            throw .privateAddress(host: host)
        }
        let key = Key(host: host, address: address.text, config: config)
        let client = try take(key)
        defer { giveBack(key) }
        var request = HTTPClientRequest(url: call.url)
        request.method = HTTPMethod(rawValue: call.method)
        for header in call.headers { request.headers.add(name: header.name, value: header.value) }
        if !request.headers.contains(name: "User-Agent") {
            request.headers.add(name: "User-Agent", value: "needletail")
        }
        request.headers.replaceOrAdd(name: "Accept-Encoding", value: "identity")
        if !call.body.isEmpty { request.body = .bytes(ByteBuffer(bytes: call.body)) }
        do {
            let response = try await client.execute(request, deadline: .now() + Self.longestCall)
            let body = try await response.body.collect(upTo: Self.largestAnswer)
            return ConnectorAnswer(
                status: Int(response.status.code), errorType: response.headers.first(name: "x-amzn-ErrorType"),
                retryAfter: response.headers.first(name: "Retry-After"), body: Array(body.readableBytesView))
        } catch {
            throw .failed(Self.sentence(error, host))
        }
    }

    /// Closes all connections; calls fail from now on.
    public func shutDown() async {
        let clients = state.withLock { state in
            state.isClosed = true
            defer { state.pools = [:] }
            return state.pools.values.map(\.client)
        }
        for client in clients { try? await client.shutdown() }
    }

    // MARK: Connections

    private func take(_ key: Key) throws(ConnectorTransportError) -> HTTPClient {
        let (taken, idle) = state.withLock { state -> (HTTPClient?, [HTTPClient]) in
            guard !state.isClosed else { return (nil, []) }
            state.uses += 1
            var pool = state.pools[key] ?? Pool(client: Self.client(key))
            pool.calls += 1
            pool.lastUse = state.uses
            state.pools[key] = pool
            var idle: [HTTPClient] = []
            while state.pools.count > Self.mostPools,
                let oldest = state.pools.filter({ $0.value.calls == 0 }).min(by: { $0.value.lastUse < $1.value.lastUse }
                )
            {
                state.pools[oldest.key] = nil
                idle.append(oldest.value.client)
            }
            return (pool.client, idle)
        }
        for client in idle { Task { try? await client.shutdown() } }
        guard let taken else { throw .failed("the server is stopping") }
        return taken
    }

    private func giveBack(_ key: Key) { state.withLock { $0.pools[key]?.calls -= 1 } }

    private static func client(_ key: Key) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(
                connect: .milliseconds(Int64(key.config.connectMilliseconds)),
                read: .milliseconds(Int64(key.config.readMilliseconds))),
            decompression: .disabled)
        configuration.dnsOverride = [key.host: key.address]
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = key.config.connections
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// What went wrong, without addresses' secrets: the errors of the client name neither headers nor bodies.
    private static func sentence(_ error: any Error, _ host: String) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout:
            "no connection to \(host) within connection_timeout"
        case let error as HTTPClientError where error == .readTimeout: "\(host) kept silent longer than read_timeout"
        case let error as HTTPClientError where error == .deadlineExceeded: "\(host) took longer than ten minutes"
        case is NIOTooManyBytesError: "\(host) answered with more than \(largestAnswer) bytes"
        case let error as HTTPClientError: "the connection to \(host) broke: \(error.shortDescription)"
        case is CancellationError: "the request was cancelled"
        default: "\(host) cannot be reached: \(error)"
        }
    }
}

extension ConnectorCall {
    /// The host of the address, without port and brackets.
    fileprivate var host: String {
        let rest = url.drop { $0 != ":" }.dropFirst(3)
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        if authority.first == "[" { return String(authority.dropFirst().prefix { $0 != "]" }) }
        return String(authority.prefix { $0 != ":" })
    }
}
