internal import NIOCore
internal import NIOHTTP2

/// Closes an HTTP/2 connection whose protocol failed; errors of single streams are the streams' own business.
final class ConnectionErrors: ChannelInboundHandler {
    typealias InboundIn = Any

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if error is NIOHTTP2Errors.StreamError { return }
        context.close(promise: nil)
    }
}
