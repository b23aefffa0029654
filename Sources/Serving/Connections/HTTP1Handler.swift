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

    private enum Phase {
        /// Between requests.
        case idle
        /// The body is arriving.
        case receiving(Exchange)
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

    private let context: ServingContext
    private let client: String
    private var channel: ChannelHandlerContext?
    private var phase = Phase.idle
    private var waiting = CircularBuffer<HTTPServerRequestPart>(initialCapacity: 2)
    private var readIsPending = false
    /// When the first byte of a request came whose head is not complete yet.
    private var headBegan: NIODeadline?
    private var keepsAlive = true
    private var isDraining = false
    private var isProcessing = false
    private var deadline: Deadline?

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
        guard case .idle = phase, waiting.isEmpty else { return closeNow() }
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
        if case .handling(let exchange) = phase { exchange.cancel() }
    }

    // MARK: Requests

    private func process() {
        guard !isProcessing else { return }
        isProcessing = true
        defer { isProcessing = false }
        while isAbleToTake, let part = waiting.popFirst() {
            switch part {
            case .head(let head): begin(head)
            case .body(let bytes): if case .receiving(let exchange) = phase { take(bytes, of: exchange) }
            case .end:
                switch phase {
                case .receiving(let exchange): start(exchange)
                case .skipping: becomeIdle()
                default: break
                }
            }
        }
        resumeReading()
    }

    private var isAbleToTake: Bool {
        switch phase {
        case .idle, .receiving, .skipping: true
        default: false
        }
    }

    private func begin(_ head: HTTPRequestHead) {
        headBegan = nil
        keepsAlive = head.isKeepAlive
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

    // MARK: Answers

    private func send(_ reply: Reply, _ exchange: Exchange, isComplete: Bool) {
        guard let channel else { return }
        if isDraining, !hasWaitingRequest { keepsAlive = false }
        phase = .writing(exchange, isComplete: isComplete)
        exchange.noteReply()
        var head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status.code))
        ResponseFields.fill(&head.headers, from: reply)
        if !keepsAlive {
            head.headers.add(name: "connection", value: "close")
        } else if exchange.head.version == "1.0" {
            head.headers.add(name: "connection", value: "keep-alive")
        }
        send(head: head)
        if !reply.body.isEmpty {
            channel.write(
                wrapOutboundOut(.body(.byteBuffer(channel.channel.allocator.buffer(bytes: reply.body)))), promise: nil)
        }
        let promise = channel.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { [self] result in
            written(reply, exchange, result, isComplete: isComplete)
        }
        deadline?.set(in: context.settings.writeTimeout)
        channel.writeAndFlush(wrapOutboundOut(.end(nil)), promise: promise)
    }

    private func send(head: HTTPResponseHead) { channel?.write(wrapOutboundOut(.head(head)), promise: nil) }

    private func written(_ reply: Reply, _ exchange: Exchange, _ result: Result<Void, any Error>, isComplete: Bool) {
        guard case .writing(let current, _) = phase, current === exchange else { return }
        guard case .success = result else {
            exchange.finish(nil, sent: 0)
            return closeNow()
        }
        exchange.finish(reply, sent: reply.body.count)
        guard keepsAlive else { return linger() }
        if isComplete {
            becomeIdle()
        } else {
            phase = .skipping
            deadline?.set(in: context.settings.bodyTimeout)
        }
        process()
    }

    private func becomeIdle() {
        phase = .idle
        deadline?.set(in: isDraining ? Self.drainGrace : context.settings.idleTimeout)
    }

    private var hasWaitingRequest: Bool {
        waiting.contains { if case .head = $0 { true } else { false } }
    }

    private func resumeReading() {
        guard readIsPending, isAbleToTake else { return }
        readIsPending = false
        channel?.read()
    }

    // MARK: The end

    /// Idle connections get this long to send a request that is already under way when the server goes down.
    static let drainGrace = Duration.milliseconds(500)

    private func drain() {
        guard !isDraining else { return }
        isDraining = true
        switch phase {
        case .idle: deadline?.set(in: Self.drainGrace)
        case .handling, .writing:
            if readIsPending {
                readIsPending = false
                channel?.read()
            }
        default: break
        }
    }

    private func expired() {
        switch phase {
        case .idle:
            guard headBegan != nil, !isDraining else { return linger() }
            context.metrics.refused(.slowHeaders)
            refuse(with: ServerFaults.slowHeaders)
        case .receiving(let exchange):
            context.metrics.refused(.slowBody)
            keepsAlive = false
            send(context.responder.reply(to: exchange.head, fault: ServerFaults.slowBody), exchange, isComplete: false)
        case .writing(let exchange, _):
            context.metrics.refused(.slowReader)
            exchange.finish(nil, sent: 0)
            closeNow()
        case .skipping, .lingering: closeNow()
        case .handling, .closed: break
        }
    }

    /// A fault without a request: there is no path, so the table's fallback words it.
    private func refuse(with fault: APIFault) {
        let head = RequestHead(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: ""), routes: context.routes, version: "1.1",
            client: client)
        keepsAlive = false
        let exchange = Exchange(head, context: context)
        send(context.responder.reply(to: head, fault: fault), exchange, isComplete: false)
    }

    private func sendPlain(_ status: HTTPResponseStatus, _ text: String) {
        guard let channel else { return }
        waiting.removeAll()
        var head = HTTPResponseHead(version: .http1_1, status: status)
        head.headers = [
            "content-type": "text/plain; charset=utf-8", "content-length": "\(text.utf8.count)", "connection": "close",
        ]
        send(head: head)
        channel.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        channel.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        linger()
    }

    /// Closes our side, and reads on for a moment: closing with unread bytes would reset the connection and so take the answer from a
    /// client that is still sending.
    private func linger() {
        guard let channel else { return }
        waiting.removeAll()
        phase = .lingering(budget: max(context.settings.maximumBodyBytes, 1 << 20))
        deadline?.set(in: Self.lingerTime)
        channel.close(mode: .output, promise: nil)
        readIsPending = false
        channel.read()
    }

    private static let lingerTime = Duration.seconds(5)

    private func closeNow() {
        guard let channel else { return }
        if case .closed = phase { return }
        channel.close(promise: nil)
    }

    private func end() {
        switch phase {
        case .receiving(let exchange), .handling(let exchange), .writing(let exchange, _):
            exchange.cancel()
            exchange.finish(nil, sent: 0)
        default: break
        }
        phase = .closed
        waiting.removeAll()
        deadline?.cancel()
        deadline = nil
        channel = nil
    }
}
