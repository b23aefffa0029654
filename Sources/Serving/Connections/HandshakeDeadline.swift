internal import NIOCore
internal import NIOTLS

/// Ends TLS connections that do not get through their handshake in time, and counts those that fail.
final class HandshakeDeadline: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let settings: ServerSettings
    private let metrics: ServerInstruments
    private var deadline: Deadline?
    private var isDone = false

    init(settings: ServerSettings, metrics: ServerInstruments) {
        self.settings = settings
        self.metrics = metrics
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = Deadline(context.eventLoop) { context.close(promise: nil) }
        deadline?.set(in: settings.headerTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        if !isDone { metrics.refused(.tls) }
        deadline?.cancel()
        deadline = nil
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            isDone = true
            deadline?.cancel()
        } else if event is ChannelShouldQuiesceEvent, !isDone {
            deadline?.set(in: HTTP1Handler.drainGrace)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if isDone { context.fireErrorCaught(error) } else { context.close(promise: nil) }
    }
}
