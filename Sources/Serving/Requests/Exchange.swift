internal import HTTPTypes
internal import NIOCore
internal import Routing
import Synchronization
internal import Telemetry

/// One request, from its head to its line in the log.
///
/// It lives on its connection's event loop.
final class Exchange {
    let context: ServingContext
    let head: RequestHead
    private var body: [UInt8] = []
    /// Bytes of the body so far, as sent.
    private(set) var received = 0
    private var task: Task<Void, Never>?
    private var arriving: ArrivingBody?
    /// Nil until the head was looked at, and where finding out takes work.
    private var identity = Identity.pending
    private var verification: Task<Identity, Never>?
    private var bodyComplete: ContinuousClock.Instant?
    private var replied: ContinuousClock.Instant?
    private var isFinished = false

    init(_ head: RequestHead, context: ServingContext) {
        self.head = head
        self.context = context
        context.metrics.inFlight.add(1)
    }

    /// The answer that needs no body: faults of path, method, key and size; nil if the body is wanted.
    func replyToHead() -> Reply? {
        let responder = context.responder
        if let fault = responder.faultOfHead(head) { return responder.reply(to: head, fault: fault) }
        if case .wrongMethod(let allowed, _) = head.match, head.method == .options {
            return responder.reply(toOptions: head, allowed: allowed)
        }
        identity = responder.identity(of: head)
        if head.isStreamed { return nil }
        if context.memory.bytes.load(ordering: .relaxed) + (head.contentLength ?? 0)
            > context.settings.maximumBufferedBytes
        {
            context.metrics.refused(.memory)
            return responder.reply(to: head, fault: ServerFaults.memory)
        }
        body.reserveCapacity(min(head.contentLength ?? 0, 1 << 20))
        return nil
    }

    /// Begins to find out who asks where that takes work, while the body arrives.
    ///
    /// - Parameter refuse: called on the event loop with the answer for somebody who may not.
    func verify(on loop: any EventLoop, refuse: @escaping (Reply) -> Void) {
        guard case .pending = identity else { return }
        let request = NIOLoopBound((exchange: self, refuse: refuse), eventLoop: loop)
        let (responder, head) = (context.responder, head)
        context.runningHandlers.add(1, ordering: .relaxed)
        verification = Task { [context] in
            defer { context.runningHandlers.subtract(1, ordering: .releasing) }
            let identity = await responder.verifiedIdentity(of: head)
            guard case .refused(let fault) = identity else { return identity }
            let reply = responder.reply(to: head, fault: fault)
            loop.execute {
                guard !request.value.exchange.isFinished else { return }
                request.value.refuse(reply)
            }
            return identity
        }
    }

    /// Takes a part of the body; a fault that ends the request, if there is one.
    func receive(_ buffer: ByteBuffer) -> Reply? {
        received += buffer.readableBytes
        if let arriving {
            arriving.append(Array(buffer.readableBytesView))
            return nil
        }
        guard received <= context.settings.maximumBodyBytes else {
            releaseBody()
            return context.responder.reply(
                to: head, fault: ServerFaults.bodyTooLarge(context.settings.maximumBodyBytes))
        }
        let held = context.memory.bytes.add(buffer.readableBytes, ordering: .relaxed).newValue
        body.append(contentsOf: buffer.readableBytesView)
        guard held <= context.settings.maximumBufferedBytes else {
            releaseBody()
            context.metrics.refused(.memory)
            return context.responder.reply(to: head, fault: ServerFaults.memory)
        }
        return nil
    }

    /// Whether more of a streamed body should be read from the socket.
    var hasRoom: Bool { arriving?.hasRoom ?? true }

    /// Runs the handler of a streamed body, of which nothing has arrived yet; `deliver` is called as in ``start(on:deliver:)``.
    ///
    /// - Parameter onRoom: called on the event loop when ``hasRoom`` becomes true again.
    func startStreaming(
        on loop: any EventLoop, onRoom: @escaping () -> Void, deliver: @escaping (Reply) -> Void
    ) {
        let request = NIOLoopBound((exchange: self, deliver: deliver, onRoom: onRoom), eventLoop: loop)
        let coding = (try? ContentCoding.ofBody(head.headers)) ?? nil
        let arriving = ArrivingBody(coding) { loop.execute { request.value.onRoom() } }
        self.arriving = arriving
        let (responder, head) = (context.responder, head)
        let identity = identity
        let verification = verification
        context.runningHandlers.add(1, ordering: .relaxed)
        task = Task { [context] in
            defer { context.runningHandlers.subtract(1, ordering: .releasing) }
            let reply = await responder.reply(
                to: head, from: await verification?.value ?? identity, stream: arriving.stream)
            loop.execute {
                guard !request.value.exchange.isFinished else { return }
                request.value.deliver(reply)
            }
        }
    }

    /// A streamed body is whole.
    func endBody() {
        bodyComplete = .now
        arriving?.finish()
    }

    /// Runs the handler; `deliver` is called on the event loop, once, unless ``cancel()`` comes first.
    func start(on loop: any EventLoop, deliver: @escaping (Reply) -> Void) {
        bodyComplete = .now
        let request = NIOLoopBound((exchange: self, deliver: deliver), eventLoop: loop)
        let (responder, head, body) = (context.responder, head, body)
        let identity = identity
        let verification = verification
        self.body = []
        // From here on the task holds the body, also when the client has gone.
        let held = received - released
        released = received
        context.runningHandlers.add(1, ordering: .relaxed)
        task = Task { [context] in
            defer {
                context.memory.bytes.subtract(held, ordering: .relaxed)
                context.runningHandlers.subtract(1, ordering: .releasing)
            }
            let reply = await responder.reply(to: head, from: await verification?.value ?? identity, body: body)
            loop.execute {
                guard !request.value.exchange.isFinished else { return }
                request.value.deliver(reply)
            }
        }
    }

    /// The client is gone, or the server cannot wait any longer: queued work is dropped.
    func cancel() {
        arriving?.finish(CancellationError())
        task?.cancel()
    }

    /// Notes that the answer is on its way.
    func noteReply() { replied = .now }

    /// Ends the exchange: metrics and the log line.
    ///
    /// - Parameter reply: what was sent; nil if the client went away before.
    func finish(_ reply: Reply?, sent: Int) {
        guard !isFinished else { return }
        isFinished = true
        releaseBody()
        arriving?.finish(CancellationError())
        task = nil
        context.metrics.inFlight.add(-1)
        let now = ContinuousClock.now
        let phases = AccessRecord.Phases(
            receiving: (bodyComplete ?? replied ?? now) - head.received,
            handling: reply?.handling ?? (bodyComplete.map { now - $0 } ?? .zero),
            writing: replied.map { now - $0 } ?? .zero)
        context.record(
            AccessRecord(
                head: head, reply: reply, bytesIn: received, bytesOut: sent, duration: now - head.received,
                phases: phases))
    }

    private var released = 0

    private func releaseBody() {
        guard arriving == nil else { return }
        let held = received - released
        released = received
        body = []
        if held > 0 { context.memory.bytes.subtract(held, ordering: .relaxed) }
    }
}
