import NIOCore
import NIOHTTP1
import NIOPosix

/// A server on a free port of this machine that says back what it was sent, or what the path asks for.
final class EchoServer: Sendable {
    private let channel: any Channel

    var port: Int { channel.localAddress?.port ?? 0 }

    static func with(_ body: (EchoServer) async throws -> Void) async throws {
        let server = EchoServer(
            channel: try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
                .childChannelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                        try channel.pipeline.syncOperations.addHandler(Echo())
                    }
                }
                .bind(host: "127.0.0.1", port: 0).get())
        do {
            try await body(server)
        } catch {
            try? await server.channel.close()
            throw error
        }
        try await server.channel.close()
    }

    private init(channel: any Channel) { self.channel = channel }
}

/// Answers `METHOD PATH`, each header that begins with `x-` on a line, and the body; `/302` redirects, `/503` is busy, `/silent` says nothing.
private final class Echo: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part): body += part.readableBytesView
        case .end:
            guard let head else { return }
            var status = HTTPResponseStatus.ok
            var headers = HTTPHeaders()
            switch head.uri {
            case "/silent": return
            case "/302":
                status = .found
                headers.add(name: "Location", value: "/elsewhere")
            case "/503":
                status = .serviceUnavailable
                headers.add(name: "x-amzn-ErrorType", value: "ThrottlingException:")
            default: break
            }
            let lines =
                ["\(head.method) \(head.uri)"]
                + head.headers.filter { $0.name.lowercased().hasPrefix("x-") }.map { "\($0.name): \($0.value)" }
                + [String(decoding: body, as: UTF8.self)]
            let answer = ByteBuffer(string: lines.joined(separator: "\n"))
            headers.add(name: "Content-Length", value: "\(answer.readableBytes)")
            context.write(
                wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))),
                promise: nil)
            context.write(wrapOutboundOut(.body(.byteBuffer(answer))), promise: nil)
            context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            body = []
        }
    }
}
