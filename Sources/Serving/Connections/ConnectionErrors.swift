internal import NIOCore

/// Closes a connection whose protocol failed; there is nobody left to tell.
final class ConnectionErrors: ChannelInboundHandler {
    typealias InboundIn = Any

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
