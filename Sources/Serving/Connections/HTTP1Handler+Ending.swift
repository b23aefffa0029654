internal import NIOCore
internal import NIOHTTP1
internal import Routing

/// How a connection ends: at a limit, after a fault, when the server stops, or because its client is gone.
extension HTTP1Handler {
    /// Idle connections get this long to send a request that is already under way when the server goes down.
    static let drainGrace = Duration.milliseconds(500)

    func drain() {
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

    func expired() {
        switch phase {
        case .idle:
            guard headBegan != nil, !isDraining else { return linger() }
            context.metrics.refused(.slowHeaders)
            refuse(with: ServerFaults.slowHeaders)
        case .streaming(let exchange) where !exchange.hasRoom:
            // The handler is behind, not the client.
            deadline?.set(in: context.settings.bodyTimeout)
        case .receiving(let exchange), .streaming(let exchange):
            context.metrics.refused(.slowBody)
            exchange.cancel()
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
    func refuse(with fault: APIFault) {
        let head = RequestHead(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: ""), routes: context.routes, version: "1.1",
            client: client)
        keepsAlive = false
        let exchange = Exchange(head, context: context)
        send(context.responder.reply(to: head, fault: fault), exchange, isComplete: false)
    }

    func sendPlain(_ status: HTTPResponseStatus, _ text: String) {
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
    func linger() {
        guard let channel else { return }
        waiting.removeAll()
        phase = .lingering(budget: max(context.settings.maximumBodyBytes, 1 << 20))
        deadline?.set(in: Self.lingerTime)
        channel.close(mode: .output, promise: nil)
        readIsPending = false
        channel.read()
    }

    private static let lingerTime = Duration.seconds(5)

    func closeNow() {
        guard let channel else { return }
        if case .closed = phase { return }
        channel.close(promise: nil)
    }

    func end() {
        switch phase {
        case .receiving(let exchange), .streaming(let exchange), .handling(let exchange), .writing(let exchange, _):
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
