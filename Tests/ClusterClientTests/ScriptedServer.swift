import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Synchronization

/// A server on a free port of this machine that answers as the path asks for, and keeps count.
final class ScriptedServer: Sendable {
    struct Received: Sendable {
        var method: String
        var uri: String
        var headers: [String: String]
        var body: [UInt8]
    }

    private let channel: any Channel
    private let record: Record

    var port: Int { channel.localAddress?.port ?? 0 }
    var address: String { "http://127.0.0.1:\(port)" }
    /// What was asked so far.
    var received: [Received] { record.requests.withLock { $0 } }

    /// Runs `body` with a server, of TLS if a context for it is given.
    static func with(tls: NIOSSLContext? = nil, _ body: (ScriptedServer) async throws -> Void) async throws {
        let record = Record()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Script(record))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(channel, record)
        do {
            try await body(server)
        } catch {
            try? await channel.close()
            throw error
        }
        try await channel.close()
    }

    private init(_ channel: any Channel, _ record: Record) {
        self.channel = channel
        self.record = record
    }

    fileprivate final class Record: Sendable {
        let requests = Mutex<[Received]>([])
    }
}

/// `/STATUS/N` is answered with a status N times, then with success; others by what they say.
private final class Script: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let record: ScriptedServer.Record
    private var head: HTTPRequestHead?
    private var body: [UInt8] = []

    init(_ record: ScriptedServer.Record) { self.record = record }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body(let part): body += part.readableBytesView
        case .end:
            guard let head else { return }
            let fields = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { $1 }
            let received = ScriptedServer.Received(
                method: head.method.rawValue, uri: head.uri, headers: fields, body: body)
            body = []
            let earlier = record.requests.withLock { requests in
                defer { requests.append(received) }
                return requests.count { $0.uri == head.uri }
            }
            answer(head.uri, earlier, context)
        }
    }

    private func answer(_ uri: String, _ earlier: Int, _ context: ChannelHandlerContext) {
        let parts = uri.split(separator: "/").map(String.init)
        var status = HTTPResponseStatus.ok
        var headers = HTTPHeaders()
        var text = #"{"ok":true}"#
        switch parts.first {
        case "silent": return
        case "broken":
            context.close(promise: nil)
            return
        case "empty": text = ""
        case "page": text = "<html>hello</html>"
        case "large": text = "\"" + String(repeating: "x", count: 10_000) + "\""
        case "elsewhere":
            status = .movedPermanently
            headers.add(name: "Location", value: "https://user:secret@other.example/")
        case let number? where Int(number) != nil:
            let times = parts.count > 1 ? Int(parts[1]) ?? 0 : Int.max
            if earlier < times {
                status = HTTPResponseStatus(statusCode: Int(number) ?? 500)
                text = number == "502" ? "Bad Gateway" : #"{"error":{"type":"busy","reason":"come later"}}"#
                headers.add(name: "Retry-After", value: "0")
            }
        default: break
        }
        let bytes = ByteBuffer(string: text)
        headers.add(name: "Content-Length", value: "\(bytes.readableBytes)")
        context.write(
            wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}
