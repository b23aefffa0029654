internal import NIOCore

/// Tells HTTP/2 with prior knowledge from HTTP/1 by a connection's first bytes (RFC 9113, 3.3 and 3.4).
final class ProtocolDetector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// `PRI`: no method of HTTP/1 begins so.
    private static let preface = Array("PRI".utf8)
    private let settings: ServerSettings
    private let configure: (_ isHTTP2: Bool) throws -> Void
    private var received: ByteBuffer?
    private var deadline: Deadline?

    init(settings: ServerSettings, configure: @escaping (_ isHTTP2: Bool) throws -> Void) {
        self.settings = settings
        self.configure = configure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        deadline = Deadline(context.eventLoop) { context.close(promise: nil) }
        deadline?.set(in: settings.idleTimeout)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        if received == nil {
            deadline?.set(in: settings.headerTimeout)
            received = bytes
        } else {
            received?.writeBuffer(&bytes)
        }
        guard let seen = received?.readableBytesView else { return }
        let isPrefix = seen.prefix(Self.preface.count).elementsEqual(Self.preface.prefix(seen.count))
        if isPrefix, seen.count < Self.preface.count { return }
        do { try configure(isPrefix) } catch { return context.close(promise: nil) }
        // Removal passes the bytes on: the handlers behind are in place then.
        if let received { context.fireChannelRead(wrapInboundOut(received)) }
        received = nil
        context.fireChannelReadComplete()
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // Connections that never sent anything get the same moment as idle ones.
        if event is ChannelShouldQuiesceEvent { deadline?.set(in: HTTP1Handler.drainGrace) }
        context.fireUserInboundEventTriggered(event)
    }
}
