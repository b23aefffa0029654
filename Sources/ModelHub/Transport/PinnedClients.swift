import AsyncHTTPClient
import NIOCore
import Synchronization

/// The HTTP clients of one pull: one for all hosts, or one for each address that was looked up and checked.
final class PinnedClients: Sendable {
    private struct Key: Hashable {
        let host: String
        let address: String
    }

    private let settings: HubSettings
    private let clients = Mutex<[Key?: HTTPClient]>([:])

    init(_ settings: HubSettings) { self.settings = settings }

    /// A client for requests to an address.
    func client(for address: Address, subject: String) async throws(RequestFailure) -> HTTPClient {
        if settings.reachesPrivateAddresses { return client(nil) }
        let found = await NetworkAddress.resolve(address.host)
        guard let first = found.first else {
            throw RequestFailure(
                retrying: HubError(
                    .network, subject, url: address.shown, reason: "the host \(address.host) is not known",
                    advice: "Check the address and the connection"))
        }
        guard !found.contains(where: \.isPrivate) else {
            throw RequestFailure(
                HubError(
                    .redirect, subject, url: address.shown,
                    reason:
                        "\(address.host) leads to this machine or to a private network, from which nothing is fetched",
                    advice: "Fetch it from a public address, or allow private ones by hub.private_addresses"))
        }
        return client(Key(host: address.host, address: first.text))
    }

    private func client(_ key: Key?) -> HTTPClient {
        clients.withLock { clients in
            if let client = clients[key] { return client }
            var configuration = HTTPClient.Configuration(
                redirectConfiguration: .disallow,
                timeout: .init(connect: .init(settings.connectTimeout), read: .init(settings.readTimeout)),
                decompression: .disabled)
            configuration.httpVersion = .http1Only
            configuration.connectionPool.retryConnectionEstablishment = false
            if let key { configuration.dnsOverride = [key.host: key.address] }
            let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            clients[key] = client
            return client
        }
    }

    /// Closes all connections.
    func shutDown() async {
        let all = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in all { try? await client.shutdown() }
    }
}
