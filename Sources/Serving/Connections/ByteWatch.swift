internal import NIOCore
internal import Telemetry

/// Counts the bytes of a connection, and tells HTTP/1's handler of them before they are decoded.
///
/// A head that trickles is seen only here: the decoder says nothing until it has the whole of it.
final class ByteWatch: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData
    typealias OutboundOut = IOData

    private let metrics: ServerInstruments
    private let http1: HTTP1Handler?

    init(metrics: ServerInstruments, http1: HTTP1Handler? = nil) {
        self.metrics = metrics
        self.http1 = http1
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let count = unwrapInboundIn(data).readableBytes
        metrics.bytesIn.add(count)
        if let http1 {
            http1.bytesArrived(count)
            guard http1.wantsBytes else { return }
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        metrics.bytesOut.add(unwrapOutboundIn(data).readableBytes)
        context.write(data, promise: promise)
    }
}
