internal import Logging
internal import NIOCore
internal import NIOPosix

/// The listening socket.
struct Listener: Sendable {
    let context: ServingContext
    let connections: ConnectionList
    let certificates: Certificates?

    /// Descriptors that are not for connections: models, logs, the loops themselves.
    private static let reservedDescriptors = 128

    /// Begins to accept connections.
    func bind(on group: any EventLoopGroup) async throws -> any Channel {
        let settings = context.settings
        let room = max(16, DescriptorLimit.current - Self.reservedDescriptors)
        let maximum = min(settings.maximumConnections, room)
        if maximum < settings.maximumConnections {
            context.logger.warning(
                "max_connections is more than the limit of open files allows",
                metadata: ["max_connections": "\(settings.maximumConnections)", "used": "\(maximum)"])
        }
        let setup = ConnectionSetup(context: context, certificates: certificates)
        do {
            return try await ServerBootstrap(group: group)
                .serverChannelOption(.backlog, value: 4096)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .serverChannelOption(.maxMessagesPerRead, value: 64)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .serverChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            AcceptGate(context: context, connections: connections, maximum: maximum))
                    }
                }
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture { try setup.configure(channel) }
                }
                .bind(host: settings.host, port: settings.port).get()
        } catch {
            throw ServerError(
                "cannot listen on \(settings.host) port \(settings.port): \(error); choose another host or port")
        }
    }

    /// Stops accepting, after what waits in the system's queue: closing the socket would reset those connections, although their
    /// clients may have sent requests already.
    static func close(_ listener: any Channel, _ connections: ConnectionList) async {
        var accepted = -1
        while accepted != connections.accepted {
            accepted = connections.accepted
            try? await Task.sleep(for: .milliseconds(5))
        }
        try? await listener.close().get()
    }
}
