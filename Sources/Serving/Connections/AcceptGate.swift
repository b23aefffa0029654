#if canImport(Glibc)
    internal import Glibc
#endif
internal import Logging
internal import NIOCore
internal import Telemetry

/// Stands in front of the listening socket: counts connections, and accepts no more than allowed.
///
/// Those beyond wait in the system's queue. If the process runs out of descriptors, accepting pauses for a moment instead of
/// failing again and again, and goes on when others have closed.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    private let context: ServingContext
    private let connections: ConnectionList
    private let maximum: Int
    private var open = 0
    private var isWaiting = false

    init(context: ServingContext, connections: ConnectionList, maximum: Int) {
        self.context = context
        self.connections = connections
        self.maximum = maximum
    }

    func channelRead(context channel: ChannelHandlerContext, data: NIOAny) {
        let connection = unwrapInboundIn(data)
        open += 1
        context.metrics.accepted.add()
        context.metrics.connections.add(1)
        connections.insert(connection)
        let gate = NIOLoopBound((gate: self, channel: channel), eventLoop: channel.eventLoop)
        connection.closeFuture.hop(to: channel.eventLoop).whenComplete { [connections] _ in
            connections.remove(connection)
            gate.value.gate.closed(gate.value.channel)
        }
        channel.fireChannelRead(data)
    }

    func read(context channel: ChannelHandlerContext) {
        if open < maximum { channel.read() } else { isWaiting = true }
    }

    func errorCaught(context channel: ChannelHandlerContext, error: any Error) {
        guard let code = (error as? IOError)?.errnoCode, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) else {
            context.logger.warning("accepting a connection failed", metadata: ["error": "\(error)"])
            return
        }
        context.metrics.refused(.descriptors)
        context.logger.warning(
            "no descriptors or memory for another connection; raise the limit of open files or lower max_connections",
            metadata: ["open": "\(open)"])
        let server = channel.channel
        _ = server.setOption(.autoRead, value: false)
        channel.eventLoop.scheduleTask(in: .milliseconds(100)) { _ = server.setOption(.autoRead, value: true) }
    }

    private func closed(_ channel: ChannelHandlerContext) {
        open -= 1
        context.metrics.connections.add(-1)
        if isWaiting, open < maximum {
            isWaiting = false
            channel.read()
        }
    }
}
