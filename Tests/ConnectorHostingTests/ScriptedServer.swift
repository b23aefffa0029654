import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// A server on a free port of this machine that answers as a test says.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        let path: String
        let authorization: String?
        let body: [UInt8]
    }

    struct Reply: Sendable {
        var status = 200
        var headers: [(String, String)] = []
        var body: String
    }

    /// Given the number of the request; nil leaves it without an answer.
    typealias Script = @Sendable (Int, Request) -> Reply?

    private let requests = Mutex<[Request]>([])
    private let script: Script
    private let channel = Mutex<(any Channel)?>(nil)

    var port: Int { channel.withLock { $0?.localAddress?.port ?? 0 } }
    var received: [Request] { requests.withLock { $0 } }

    private init(_ script: @escaping Script) { self.script = script }

    static func with(_ script: @escaping Script, _ body: (ScriptedServer) async throws -> Void) async throws {
        let server = ScriptedServer(script)
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Connection(server))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        server.channel.withLock { $0 = channel }
        do {
            try await body(server)
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    private func reply(to request: Request) -> Reply? {
        let number = requests.withLock { requests in
            requests.append(request)
            return requests.count - 1
        }
        return script(number, request)
    }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let server: ScriptedServer
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ server: ScriptedServer) { self.server = server }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head): self.head = head
            case .body(let part): body += part.readableBytesView
            case .end:
                guard let head else { return }
                let request = Request(
                    path: head.uri, authorization: head.headers.first(name: "Authorization"), body: body)
                body = []
                guard let reply = server.reply(to: request) else { return }
                let bytes = ByteBuffer(string: reply.body)
                var headers = HTTPHeaders(reply.headers)
                headers.add(name: "Content-Length", value: "\(bytes.readableBytes)")
                let status = HTTPResponseStatus(statusCode: reply.status)
                context.write(
                    wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
                    promise: nil)
                context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
