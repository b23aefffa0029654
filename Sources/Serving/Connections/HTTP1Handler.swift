internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import Routing

/// One HTTP/1 connection: requests one after the other, their time limits, and a careful end.
///
/// While a request is being answered nothing more is read, so a client cannot fill the memory by sending ahead; what one read
/// brought along waits in `waiting`. A client that closes its side is taken to be gone: its request is cancelled.
final class HTTP1Handler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    enum Phase {
        /// Between requests.
        case idle
        /// The body is arriving.
        case receiving(Exchange)
        /// The body is arriving and the handler reads it.
        case streaming(Exchange)
        /// The handler works.
        case handling(Exchange)
        /// The answer is on its way; `isComplete` says whether the body was read to its end.
        case writing(Exchange, isComplete: Bool)
        /// The request was answered before its body ended; the rest is skipped.
        case skipping
        /// Our side is closed, the client's is not: what it still sends is thrown away, so that it can read the answer.
        case lingering(budget: Int)
        /// Over.
        case closed
    }

    let context: ServingContext
    let client: String
    var channel: ChannelHandlerContext?
    var phase = Phase.idle
    var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 2)
    var readIsPending = false
    /// When the first byte of a request came whose head is not complete yet.
    var headBegan: NIODeadline?
    var keepsAlive = true
    var isDraining = false
    private var isProcessing = false
    var deadline: Deadline?

    init(context: ServingContext, client: String) {
        self.context = context
        self.client = client
    }

    // MARK: Events

    func handlerAdded(context channel: ChannelHandlerContext) {
        self.channel = channel
        deadline = Deadline(channel.eventLoop) { [unowned self] in expired() }
        deadline?.set(in: context.settings.idleTimeout)
    }

    func handlerRemoved(context channel: ChannelHandlerContext) { end() }

    func channelInactive(context channel: ChannelHandlerContext) {
        end()
        channel.fireChannelInactive()
    }

    func channelRead(context channel: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
        process()
    }

    func channelReadComplete(context channel: ChannelHandlerContext) {
        if case .idle = phase, let headBegan, !isDraining {
            deadline?.set(headBegan + TimeAmount(context.settings.headerTimeout))
        }
        channel.fireChannelReadComplete()
    }

    func read(context channel: ChannelHandlerContext) {
        switch phase {
        case .idle, .receiving, .skipping, .lingering: channel.read()
        case .streaming: if isAbleToTake { channel.read() } else { readIsPending = true }
        // When going down, requests that already lie in the system's buffer are to be answered too.
        case .handling, .writing: if isDraining, waiting.count < 64 { channel.read() } else { readIsPending = true }
        case .closed: break
        }
    }

    func userInboundEventTriggered(context channel: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent: drain()
        case is AbortRequests: abort()
        default: channel.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context channel: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return closeNow() }
        switch phase {
        case .idle where waiting.isEmpty: break
        case .receiving(let exchange), .streaming(let exchange):
            exchange.cancel()
            exchange.finish(nil, sent: 0)
        // Another request is being answered; what cannot be read behind it ends the connection after the answer.
        case .handling, .writing: return keepsAlive = false
        default: return closeNow()
        }
        switch error {
        case .headerOverflow:
            context.metrics.refused(.headers)
            refuse(with: ServerFaults.headersTooLarge(context.settings.maximumHeaderBytes))
        default:
            context.metrics.refused(.malformed)
            sendPlain(.badRequest, "this is not an HTTP/1.1 request: \(error)\n")
        }
    }

    /// Bytes arrived, before the decoder sees them.
    func bytesArrived(_ count: Int) {
        switch phase {
        case .idle: if headBegan == nil { headBegan = .now() }
        case .lingering(let budget):
            guard count <= budget else { return closeNow() }
            phase = .lingering(budget: budget - count)
        default: break
        }
    }

    /// Whether what arrives is still of interest to the decoder.
    var wantsBytes: Bool {
        switch phase {
        case .lingering, .closed: false
        default: true
        }
    }

    /// Stops what is being computed; the request is answered with a fault.
    private func abort() {
        switch phase {
        case .handling(let exchange), .streaming(let exchange): exchange.cancel()
        default: break
        }
    }

    // MARK: Requests

    func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while isAbleToTake, let part = waiting.popFirst() {
            switch part {
            case .head(let head): begin(head)
            case .body(let bytes):
                switch phase {
                case .receiving(let exchange): take(bytes, of: exchange)
                case .streaming(let exchange):
                    take(bytes, of: exchange)
                    deadline?.set(in: context.settings.bodyTimeout)
                default: break
                }
            case .end:
                switch phase {
                case .receiving(let exchange): start(exchange)
                case .streaming(let exchange):
                    phase = .handling(exchange)
                    deadline?.set(nil)
                    exchange.endBody()
                case .skipping: becomeIdle()
                default: break
                }
            }
        }
        resumeReading()
    }

    var isAbleToTake: Bool {
        switch phase {
        case .idle, .receiving, .skipping: true
        case .streaming(let exchange): exchange.hasRoom
        default: false
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        headBegan = nil
        // There is nothing to upgrade to, but the decoder stops parsing behind such a head, so it is the connection's last.
        keepsAlive = head.isKeepAlive && head.method != .CONNECT && !head.headers.contains(name: "upgrade")
        let version = head.version == .http1_1 ? "1.1" : "1.0"
        let exchange = Exchange(
            RequestHead(head, routes: context.routes, version: version, client: client), context: context)
        if head.version == .http1_1, !head.headers.contains(name: "host") {
            exchange.finish(nil, sent: 0)
            context.metrics.refused(.malformed)
            return sendPlain(.badRequest, "an HTTP/1.1 request needs a Host field\n")
        }
        phase = .receiving(exchange)
        if let reply = exchange.replyToHead() { return replyEarly(reply, exchange) }
        deadline?.set(in: context.settings.bodyTimeout)
        if exchange.head.expectsContinue {
            send(head: .init(version: .http1_1, status: .continue))
            channel?.flush()
        }
        guard let channel else { return }
        exchange.verify(on: channel.eventLoop) { [self] reply in
            // In other phases the handler's task meets the refusal, too.
            if case .receiving(let current) = phase, current === exchange { replyEarly(reply, exchange) }
        }
        if exchange.head.isStreamed { startStreaming(exchange) }
    }

    private func startStreaming(_ exchange: Exchange) {
        guard let channel else { return }
        phase = .streaming(exchange)
        exchange.startStreaming(on: channel.eventLoop, onRoom: { [weak self] in self?.roomWasMade() }) { [self] reply in
            switch phase {
            case .handling(let current) where current === exchange: send(reply, exchange, isComplete: true)
            case .streaming(let current) where current === exchange: replyEarly(reply, exchange)
            default: break
            }
        }
    }

    /// The handler has read what had filled the buffer; how long that took is not the client's fault.
    private func roomWasMade() {
        guard case .streaming = phase else { return }
        deadline?.set(in: context.settings.bodyTimeout)
        process()
    }

    private func take(_ bytes: ByteBuffer, of exchange: Exchange) {
        if let reply = exchange.receive(bytes) { replyEarly(reply, exchange) }
    }

    private func start(_ exchange: Exchange) {
        phase = .handling(exchange)
        deadline?.set(nil)
        guard let channel else { return }
        exchange.start(on: channel.eventLoop) { [self] reply in
            guard case .handling(let current) = phase, current === exchange else { return }
            send(reply, exchange, isComplete: true)
        }
    }

    /// Answers before the body was read.
    ///
    /// Little that is left is skipped and the connection kept; otherwise it ends.
    private func replyEarly(_ reply: Reply, _ exchange: Exchange) {
        let left = exchange.head.contentLength.map { $0 - exchange.received }
        let isChunked = exchange.head.headers[.transferEncoding] != nil
        let bodyless = !isChunked && (left ?? 0) == 0
        if !bodyless {
            // A client that waits for 100 Continue may send its body or not; nobody can tell what follows then.
            if exchange.head.expectsContinue || isChunked || (left ?? .max) > Self.skippedBytes { keepsAlive = false }
        }
        send(reply, exchange, isComplete: false)
    }

    /// A rest of a body up to this size is read and forgotten for the sake of keeping the connection.
    private static let skippedBytes = 256 << 10
}
