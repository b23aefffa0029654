import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a free port of this machine that answers as a test says, lies and silences included.
final class TestServer: Sendable {
    struct Request: Sendable {
        let method: HTTPMethod
        let path: String
        let headers: HTTPHeaders
    }

    struct Reply: Sendable {
        enum Ending: Sendable {
            /// The body, then the next request.
            case whole
            /// So many bytes of the body, then the connection breaks.
            case breaksAfter(Int)
            /// The body again and again.
            case endless
            /// Not even a status.
            case silent
        }

        var status: Int
        var headers: HTTPHeaders = [:]
        var body: [UInt8] = []
        var ending = Ending.whole
        /// Whether the length is announced; otherwise the body is chunked.
        var announcesLength = true

        static func json(_ text: String) -> Reply {
            Reply(status: 200, headers: ["Content-Type": "application/json"], body: [UInt8](text.utf8))
        }
    }

    private let channel: any Channel
    private let log: RequestLog
    let port: Int

    var address: String { "http://127.0.0.1:\(port)" }
    var requests: [Request] { log.all.withLock { $0 } }

    /// Runs a server as long as `body` does.
    static func with<Result>(
        _ answer: @escaping @Sendable (Request) -> Reply, _ body: (TestServer) async throws -> Result
    ) async throws -> Result {
        let server = try await TestServer(answer)
        do {
            let result = try await body(server)
            try await server.channel.close()
            return result
        } catch {
            try? await server.channel.close()
            throw error
        }
    }

    private init(_ answer: @escaping @Sendable (Request) -> Reply) async throws {
        let log = RequestLog()
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline(withErrorHandling: true)
                    try channel.pipeline.syncOperations.addHandler(Answering(log: log, answer: answer))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        self.log = log
        port = channel.localAddress?.port ?? 0
    }
}

private final class RequestLog: Sendable {
    let all = Mutex<[TestServer.Request]>([])
}

/// Answers the requests of one connection.
private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let log: RequestLog
    private let answer: @Sendable (TestServer.Request) -> TestServer.Reply
    private var head: HTTPRequestHead?

    init(log: RequestLog, answer: @escaping @Sendable (TestServer.Request) -> TestServer.Reply) {
        self.log = log
        self.answer = answer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            self.head = nil
            let request = TestServer.Request(method: head.method, path: head.uri, headers: head.headers)
            log.all.withLock { $0.append(request) }
            reply(answer(request), to: request, context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func reply(_ reply: TestServer.Reply, to request: TestServer.Request, _ context: ChannelHandlerContext) {
        if case .silent = reply.ending { return }
        var headers = reply.headers
        if reply.announcesLength, !headers.contains(name: "Content-Length") {
            headers.add(name: "Content-Length", value: "\(reply.body.count)")
        } else if !reply.announcesLength {
            headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        let head = HTTPResponseHead(version: .http1_1, status: .init(statusCode: reply.status), headers: headers)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        guard request.method != .HEAD else {
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            return
        }
        switch reply.ending {
        case .silent: break
        case .whole:
            write(reply.body[...], context)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        case .breaksAfter(let count):
            write(reply.body.prefix(count), context)
            context.flush()
            // Later, so that what was sent gets through before the connection goes.
            let context = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.eventLoop.scheduleTask(in: .milliseconds(20)) { context.value.close(promise: nil) }
        case .endless:
            repeatBody(reply.body, context)
        }
    }

    private func write(_ bytes: ArraySlice<UInt8>, _ context: ChannelHandlerContext) {
        guard !bytes.isEmpty else { return }
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
    }

    private func repeatBody(_ bytes: [UInt8], _ context: ChannelHandlerContext) {
        let written = context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))))
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        written.whenSuccess { bound.value.0.repeatBody(bytes, bound.value.1) }
    }
}
