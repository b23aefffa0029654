internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import Routing

/// How answers are written.
extension HTTP1Handler {
    func send(_ reply: Reply, _ exchange: Exchange, isComplete: Bool) {
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

    func send(head: HTTPResponseHead) { channel?.write(wrapOutboundOut(.head(head)), promise: nil) }

    func written(_ reply: Reply, _ exchange: Exchange, _ result: Result<Void, any Error>, isComplete: Bool) {
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

    func becomeIdle() {
        phase = .idle
        deadline?.set(in: isDraining ? Self.drainGrace : context.settings.idleTimeout)
    }

    var hasWaitingRequest: Bool {
        waiting.contains { if case .head = $0 { true } else { false } }
    }

    func resumeReading() {
        guard readIsPending, isAbleToTake else { return }
        readIsPending = false
        channel?.read()
    }
}
