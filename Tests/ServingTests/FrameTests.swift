import Serving
import Testing

/// HTTP/2 without TLS and frame by frame: what no client library would send.
@Suite struct FrameTests {
    /// One frame (RFC 9113, 4.1).
    struct Frame {
        var type: UInt8
        var flags: UInt8 = 0
        var stream: UInt32 = 0
        var payload: [UInt8] = []

        var bytes: [UInt8] {
            let count = payload.count
            return [UInt8(count >> 16 & 255), UInt8(count >> 8 & 255), UInt8(count & 255), type, flags]
                + (0..<4).map { UInt8(stream >> (24 - 8 * UInt32($0)) & 255) } + payload
        }

        static let settings = Frame(type: 4)
        static let acknowledgement = Frame(type: 4, flags: 1)

        /// A request's header block: indexed fields of the static table, and two literals.
        static func headers(_ path: String, method: UInt8 = 0x82, stream: UInt32, ends: Bool) -> Frame {
            let block: [UInt8] =
                [method, 0x86, 0x04, UInt8(path.utf8.count)] + Array(path.utf8) + [0x01, 1] + Array("x".utf8)
            return Frame(type: 1, flags: ends ? 5 : 4, stream: stream, payload: block)
        }

        static func data(_ text: String, stream: UInt32) -> Frame {
            Frame(type: 0, flags: 1, stream: stream, payload: Array(text.utf8))
        }

        static func reset(_ stream: UInt32) -> Frame { Frame(type: 3, stream: stream, payload: [0, 0, 0, 8]) }
    }

    static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
    static let post: UInt8 = 0x83

    /// Frames of the other side until one is wanted, or until it closes.
    private static func frames(_ client: RawClient, until isLast: (Frame) -> Bool = { _ in false }) async -> [Frame] {
        var frames: [Frame] = []
        var bytes = client.takeBuffered()
        while true {
            while bytes.count >= 9 {
                let count = Int(bytes[0]) << 16 | Int(bytes[1]) << 8 | Int(bytes[2])
                guard bytes.count >= 9 + count else { break }
                let stream = bytes[5..<9].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                let frame = Frame(
                    type: bytes[3], flags: bytes[4], stream: stream, payload: Array(bytes[9..<(9 + count)]))
                bytes.removeFirst(9 + count)
                frames.append(frame)
                if isLast(frame) {
                    client.giveBack(bytes)
                    return frames
                }
            }
            guard let more = await client.receive(), !more.isEmpty else { return frames }
            bytes += more
        }
    }

    private static func connected(_ server: RunningServer) async throws -> RawClient {
        let client = try RawClient(port: server.port)
        await client.send(preface + Frame.settings.bytes + Frame.acknowledgement.bytes)
        return client
    }

    @Test func priorKnowledgeIsUnderstood() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            // The first bytes one by one: they decide which protocol it is.
            for byte in Self.preface { await client.send([byte]) }
            await client.send(
                Frame.settings.bytes + Frame.acknowledgement.bytes
                    + Frame.headers("/hello", stream: 1, ends: true).bytes)
            let frames = await Self.frames(client) { $0.stream == 1 && $0.flags & 1 == 1 }
            let body = frames.filter { $0.type == 0 && $0.stream == 1 }.flatMap(\.payload)
            #expect(String(decoding: body, as: UTF8.self) == "hello world")
        }
    }

    @Test func rapidResetsEndTheConnection() async throws {
        try await RunningServer.run { server in
            let client = try await Self.connected(server)
            for stream in stride(from: UInt32(1), to: 4000, by: 2) {
                guard
                    await client.send(
                        Frame.headers("/slow", method: Self.post, stream: stream, ends: false).bytes
                            + Frame.data("60000", stream: stream).bytes + Frame.reset(stream).bytes)
                else { break }
            }
            let frames = await Self.frames(client)
            let farewell = frames.first { $0.type == 7 }
            // ENHANCE_YOUR_CALM, which is number 11.
            #expect(farewell?.payload[7] == 11)
            while server.metric("http_server_active_requests") > 0 { try await Task.sleep(for: .milliseconds(2)) }
            try await server.expect("http_server_connections_open", 0)
            let other = try await RawClient(port: server.port).get("/hello")
            #expect(other.status == 200)
        }
    }

    @Test(arguments: [
        [UInt8](repeating: 0xFF, count: 100),
        // A frame that is longer than allowed; a header block on stream 0; a window of 0; settings of a wrong size.
        Frame(type: 0, stream: 1, payload: [UInt8](repeating: 0, count: 20_000)).bytes,
        Frame(type: 1, flags: 4, stream: 0, payload: [0x82]).bytes,
        Frame(type: 8, payload: [0, 0, 0, 0]).bytes,
        Frame(type: 4, payload: [1, 2, 3]).bytes,
        // A header block that refers to nothing; data for a stream that never was; an even stream.
        Frame(type: 1, flags: 5, stream: 1, payload: [0xFF, 0xFF, 0xFF, 0xFF, 0x7F]).bytes,
        Frame(type: 0, stream: 7, payload: [1]).bytes,
        Frame(type: 1, flags: 5, stream: 2, payload: [0x82, 0x86, 0x84]).bytes,
        // A block that never ends.
        (0..<100).flatMap { Frame(type: $0 == 0 ? 1 : 9, stream: 1, payload: [0x82]).bytes },
    ])
    func malformedFramesEndTheConnection(bytes: [UInt8]) async throws {
        try await RunningServer.run { server in
            let client = try await Self.connected(server)
            await client.send(bytes)
            let frames = await Self.frames(client)
            #expect(frames.contains { $0.type == 7 || $0.type == 4 })
            try await server.expect("http_server_active_requests", 0)
            let other = try await RawClient(port: server.port).get("/hello")
            #expect(other.status == 200)
        }
    }

    @Test func streamsBeyondTheMaximumAreRefused() async throws {
        try await RunningServer.run(change: { $0.maximumStreams = 3 }) { server in
            let client = try await Self.connected(server)
            for stream in stride(from: UInt32(1), through: 9, by: 2) {
                await client.send(
                    Frame.headers("/slow", method: Self.post, stream: stream, ends: false).bytes
                        + Frame.data("300", stream: stream).bytes)
            }
            let frames = await Self.frames(client)
            #expect(frames.contains { $0.type == 7 || $0.type == 3 })
            #expect(server.metric("http_server_connections_open") <= 1)
        }
    }

    @Test func requestsInFlightAreAnsweredAfterTheFarewell() async throws {
        try await RunningServer.run { server in
            let client = try await Self.connected(server)
            await client.send(
                Frame.headers("/slow", method: Self.post, stream: 1, ends: false).bytes
                    + Frame.data("300", stream: 1).bytes)
            while server.metric("http_server_active_requests") == 0 { try await Task.sleep(for: .milliseconds(2)) }
            server.server.stop()
            let farewell = await Self.frames(client) { $0.type == 6 && $0.flags == 0 }
            #expect(farewell.contains { $0.type == 7 })
            // A request that was under way when the farewell came.
            let ping = try #require(farewell.last)
            await client.send(
                Frame.headers("/hello", stream: 3, ends: true).bytes
                    + Frame(type: 6, flags: 1, payload: ping.payload).bytes)
            let rest = await Self.frames(client)
            let body = (farewell + rest).filter { $0.type == 0 && $0.stream == 1 }.flatMap(\.payload)
            #expect(String(decoding: body, as: UTF8.self) == "done")
            // REFUSED_STREAM, number 7: the client knows that nothing was done, and asks elsewhere.
            #expect(rest.first { $0.type == 3 && $0.stream == 3 }?.payload == [0, 0, 0, 7])
        }
    }

    @Test func streamsThatDoNotReadAreCutOff() async throws {
        try await RunningServer.run(change: { $0.writeTimeout = .milliseconds(300) }) { server in
            // A window of one byte: the answer can never be sent.
            let client = try RawClient(port: server.port)
            await client.send(
                Self.preface + Frame(type: 4, payload: [0, 4, 0, 0, 0, 1]).bytes + Frame.acknowledgement.bytes
                    + Frame.headers("/hello", stream: 1, ends: true).bytes)
            let frames = await Self.frames(client) { $0.type == 3 && $0.stream == 1 }
            #expect(frames.last?.type == 3)
            try await server.expect(#"http_server_refused_total{reason="slow_reader"}"#, 1)
        }
    }
}
