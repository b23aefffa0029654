internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTP2
internal import Routing

/// One HTTP/2 stream: one request and its answer.
final class HTTP2StreamHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    private enum Phase {
        case waiting
        case receiving(Exchange)
        /// The body is arriving and the handler reads it.
        case streaming(Exchange)
        case handling(Exchange)
        case writing(Exchange)
        /// Answered, with a rest of the body to come; `budget` bytes of it are thrown away before the stream is reset.
        case skipping(budget: Int)
        case closed
    }

    private let context: ServingContext
    private let client: String
    private var channel: ChannelHandlerContext?
    private var phase = Phase.waiting
    private var isComplete = false
    private var deadline: Deadline?

    init(context: ServingContext, client: String) {
        self.context = context
        self.client = client
    }

    func handlerAdded(context channel: ChannelHandlerContext) {
        self.channel = channel
        deadline = Deadline(channel.eventLoop) { [unowned self] in expired() }
    }

    func handlerRemoved(context channel: ChannelHandlerContext) { end() }

    func channelInactive(context channel: ChannelHandlerContext) {
        end()
        channel.fireChannelInactive()
    }

    func errorCaught(context channel: ChannelHandlerContext, error: any Error) { channel.close(promise: nil) }

    func channelRead(context channel: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            guard case .waiting = phase else { return }
            let exchange = Exchange(
                RequestHead(head, routes: context.routes, version: "2", client: client), context: context)
            phase = .receiving(exchange)
            if let reply = exchange.replyToHead() { return send(reply, exchange) }
            if exchange.head.expectsContinue {
                channel.writeAndFlush(
                    wrapOutboundOut(.head(HTTPResponseHead(version: .http2, status: .continue))), promise: nil)
            }
            exchange.verify(on: channel.eventLoop) { [self] reply in
                // In other phases the handler's task meets the refusal, too.
                if case .receiving(let current) = phase, current === exchange { send(reply, exchange) }
            }
            if exchange.head.isStreamed { startStreaming(exchange, on: channel.eventLoop) }
        case .body(let bytes):
            switch phase {
            case .receiving(let exchange): if let reply = exchange.receive(bytes) { send(reply, exchange) }
            case .streaming(let exchange):
                _ = exchange.receive(bytes)
                deadline?.set(in: context.settings.bodyTimeout)
            case .skipping(let budget):
                guard bytes.readableBytes <= budget else { return channel.close(promise: nil) }
                phase = .skipping(budget: budget - bytes.readableBytes)
            default: break
            }
        case .end:
            isComplete = true
            switch phase {
            case .receiving(let exchange): start(exchange, on: channel.eventLoop)
            case .streaming(let exchange):
                phase = .handling(exchange)
                deadline?.set(nil)
                exchange.endBody()
            case .skipping: phase = .closed
            default: break
            }
        }
    }

    func channelReadComplete(context channel: ChannelHandlerContext) {
        if case .receiving = phase, !hasBodyDeadline {
            hasBodyDeadline = true
            deadline?.set(in: context.settings.bodyTimeout)
        }
        channel.fireChannelReadComplete()
    }

    private var hasBodyDeadline = false

    func read(context channel: ChannelHandlerContext) {
        // What is not read is not acknowledged, so that the client's window stays shut.
        if case .streaming(let exchange) = phase, !exchange.hasRoom { readIsPending = true } else { channel.read() }
    }

    private var readIsPending = false

    private func startStreaming(_ exchange: Exchange, on loop: any EventLoop) {
        phase = .streaming(exchange)
        exchange.startStreaming(on: loop, onRoom: { [weak self] in self?.roomWasMade() }) { [self] reply in
            switch phase {
            case .handling, .streaming: send(reply, exchange)
            default: break
            }
        }
    }

    private func roomWasMade() {
        guard readIsPending else { return }
        readIsPending = false
        deadline?.set(in: context.settings.bodyTimeout)
        channel?.read()
    }

    private func start(_ exchange: Exchange, on loop: any EventLoop) {
        phase = .handling(exchange)
        deadline?.set(nil)
        exchange.start(on: loop) { [self] reply in
            guard case .handling = phase else { return }
            send(reply, exchange)
        }
    }

    private func send(_ reply: Reply, _ exchange: Exchange) {
        guard let channel else { return }
        phase = .writing(exchange)
        roomWasMade()
        exchange.noteReply()
        var head = HTTPResponseHead(version: .http2, status: .init(statusCode: reply.status.code))
        ResponseFields.fill(&head.headers, from: reply)
        channel.write(wrapOutboundOut(.head(head)), promise: nil)
        if !reply.body.isEmpty {
            channel.write(
                wrapOutboundOut(.body(.byteBuffer(channel.channel.allocator.buffer(bytes: reply.body)))), promise: nil)
        }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] result in written(reply, exchange, result) }
        deadline?.set(in: context.settings.writeTimeout)
        channel.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    private func written(_ reply: Reply, _ exchange: Exchange, _ result: Result<Void, any Error>) {
        guard case .writing = phase else { return }
        guard case .success = result else {
            exchange.finish(nil, sent: 0)
            phase = .closed
            channel?.close(promise: nil)
            return
        }
        exchange.finish(reply, sent: reply.body.count)
        if isComplete {
            phase = .closed
            deadline?.set(nil)
        } else {
            phase = .skipping(budget: 1 << 20)
            deadline?.set(in: .seconds(1))
        }
    }

    private func expired() {
        switch phase {
        case .streaming(let exchange) where !exchange.hasRoom:
            // The handler is behind, not the client.
            deadline?.set(in: context.settings.bodyTimeout)
        case .receiving(let exchange), .streaming(let exchange):
            context.metrics.refused(.slowBody)
            exchange.cancel()
            send(context.responder.reply(to: exchange.head, fault: ServerFaults.slowBody), exchange)
        case .writing(let exchange):
            context.metrics.refused(.slowReader)
            exchange.finish(nil, sent: 0)
            channel?.close(promise: nil)
        case .skipping: channel?.close(promise: nil)
        case .waiting, .handling, .closed: break
        }
    }

    private func end() {
        switch phase {
        case .receiving(let exchange), .streaming(let exchange), .handling(let exchange):
            exchange.cancel()
            exchange.finish(nil, sent: 0)
            phase = .closed
        // A stream ends with the last frame of its answer, before the frame's promise says whether it was sent.
        case .writing: break
        default: phase = .closed
        }
        deadline?.cancel()
        deadline = nil
        channel = nil
    }
}
