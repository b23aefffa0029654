import CZlib
import Serving
import Testing

/// Bodies: their limits, their compression, and what a client reads when its body is refused.
@Suite struct BodyTests {
    @Test func announcedBodiesAreRefusedBeforeTheyAreRead() async throws {
        try await RunningServer.run(change: { $0.maximumBodyBytes = 1000 }) { server in
            let client = try RawClient(port: server.port)
            #expect(try await client.post("/echo", String(repeating: "x", count: 1000)).status == 200)
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n")
            let answer = try #require(await client.answer())
            #expect(answer.status == 413)
            #expect(answer.text.contains(#""dialect":"echo""#))
            #expect(answer.text.contains("max_body_bytes"))
            // A little that is left over is read, and the connection kept.
            await client.send(String(repeating: "x", count: 1001))
            #expect(try await client.get("/hello").status == 200)
        }
    }

    @Test func bodiesOfUnknownLengthAreCutOffAtTheLimit() async throws {
        try await RunningServer.run(change: { $0.maximumBodyBytes = 100_000 }) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
            let chunk = "2710\r\n" + String(repeating: "x", count: 10_000) + "\r\n"
            for _ in 0..<30 { await client.send(chunk) }
            await client.send("0\r\n\r\n")
            let answer = try #require(await client.answer())
            #expect(answer.status == 413)
            #expect(answer["connection"] == "close")
            client.finishSending()
            #expect(await client.isClosedByServer())
        }
    }

    @Test func chunkedBodiesArriveWhole() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            await client.send("2;x=y\r\nde\r\n0\r\nTrailer: t\r\n\r\n")
            #expect(await client.answer()?.text == "abcde")
            #expect(try await client.get("/hello").status == 200)
        }
    }

    @Test func aHugeBodyIsRefusedWhileItsClientStillSends() async throws {
        try await RunningServer.run(change: { $0.maximumBodyBytes = 1 << 20 }) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: \(1 << 30)\r\n\r\n")
            let part = [UInt8](repeating: 1, count: 256 << 10)
            var sent = 0
            while sent < 1 << 30, await client.send(part) { sent += part.count }
            // The server stopped reading long before the end, and its answer had arrived by then.
            #expect(sent < 64 << 20)
            #expect(await client.answer()?.status == 413)
            try await server.expect("http_server_buffered_body_bytes", 0)
            #expect(try await RawClient(port: server.port).get("/hello").status == 200)
        }
    }

    @Test func clientsMayAskBeforeTheySend() async throws {
        try await RunningServer.run(change: { $0.maximumBodyBytes = 10 }) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
            #expect(await client.answer()?.status == 100)
            await client.send("abc")
            #expect(await client.answer()?.text == "abc")
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 11\r\nExpect: 100-continue\r\n\r\n")
            let refused = try #require(await client.answer())
            #expect(refused.status == 413)
            #expect(refused["connection"] == "close")
        }
    }

    @Test func compressedBodiesAreRead() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            let text = Array("a compressed body".utf8)
            for (name, bits) in [("gzip", 31), ("x-gzip", 31), ("deflate", 15), ("deflate", -15)] {
                let answer = try await client.post(
                    "/echo", Self.compressed(text, windowBits: CInt(bits)), "Content-Encoding: \(name)\r\n")
                #expect(answer.body == text)
            }
            // Several members in a row are one body.
            let twice = Self.compressed(text, windowBits: 31) + Self.compressed(text, windowBits: 31)
            #expect(try await client.post("/echo", twice, "Content-Encoding: gzip\r\n").body == text + text)
        }
    }

    @Test func brokenOrUnknownCompressionIsAFault() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            let whole = Self.compressed(Array("a compressed body".utf8), windowBits: 31)
            for bytes in [Array("not gzip".utf8), Array(whole.dropLast(4)), whole + [1, 2, 3]] {
                let answer = try await client.post("/echo", bytes, "Content-Encoding: gzip\r\n")
                #expect(answer.status == 415)
                #expect(answer.text.contains("badContentEncoding"))
            }
            #expect(try await client.post("/echo", [1], "Content-Encoding: br\r\n").status == 415)
            #expect(try await client.post("/echo", Array("x".utf8), "Content-Encoding: identity\r\n").text == "x")
        }
    }

    @Test func bombsEndAtTheLimit() async throws {
        try await RunningServer.run(change: { $0.maximumBodyBytes = 1 << 20 }) { server in
            let client = try RawClient(port: server.port)
            let bomb = Self.compressed([UInt8](repeating: 0, count: 32 << 20), windowBits: 31)
            #expect(bomb.count < 1 << 20)
            let answer = try await client.post("/echo", bomb, "Content-Encoding: gzip\r\n")
            #expect(answer.status == 413)
            #expect(try await client.get("/hello").status == 200)
        }
    }

    @Test func answersAreCompressedForThoseWhoAsk() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            for (accepted, isCompressed) in [
                ("gzip", true), ("deflate, gzip;q=0.5", true), ("*", true), ("gzip;q=0", false), ("br", false),
                ("*;q=0", false), ("identity", false),
            ] {
                let answer = try await client.get("/large?bytes=5000", "Accept-Encoding: \(accepted)\r\n")
                #expect((answer["content-encoding"] == "gzip") == isCompressed, "\(accepted)")
                #expect(answer["vary"] == "Accept-Encoding")
                #expect(isCompressed == (answer.body.count < 1000))
            }
            #expect(try await client.get("/large?bytes=5000")["content-encoding"] == nil)
            #expect(try await client.get("/large?bytes=1023", "Accept-Encoding: gzip\r\n")["content-encoding"] == nil)
        }
        try await RunningServer.run(change: { $0.compressesResponses = false }) { server in
            let answer = try await RawClient(port: server.port).get("/large?bytes=5000", "Accept-Encoding: gzip\r\n")
            #expect(answer["content-encoding"] == nil)
            #expect(answer.body.count == 5000)
        }
    }

    @Test func bodiesOfAllRequestsShareABound() async throws {
        try await RunningServer.run(change: { $0.maximumBufferedBytes = 1 << 20 }) { server in
            let holder = try RawClient(port: server.port)
            await holder.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n")
            await holder.send([UInt8](repeating: 1, count: 800_000))
            while server.metric("http_server_buffered_body_bytes") < 800_000 {
                try await Task.sleep(for: .milliseconds(2))
            }
            let other = try RawClient(port: server.port)
            let refused = try await other.post("/echo", [UInt8](repeating: 1, count: 400_000))
            #expect(refused.status == 503)
            #expect(refused["retry-after"] == "1")
            #expect(refused.text.contains("max_buffered_bytes"))
            await holder.send([UInt8](repeating: 1, count: 100_000))
            #expect(await holder.answer()?.status == 200)
            #expect(
                try await RawClient(port: server.port).post("/echo", [UInt8](repeating: 1, count: 400_000)).status
                    == 200)
            try await server.expect("http_server_buffered_body_bytes", 0)
        }
    }

    private static func compressed(_ bytes: [UInt8], windowBits: CInt) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, CInt(MemoryLayout<z_stream>.size))
        defer { deflateEnd(&stream) }
        var input = bytes
        let bound = Int(deflateBound(&stream, CUnsignedLong(bytes.count)))
        return [UInt8](unsafeUninitializedCapacity: bound) { output, count in
            input.withUnsafeMutableBufferPointer {
                stream.next_in = $0.baseAddress
                stream.avail_in = CUnsignedInt($0.count)
                stream.next_out = output.baseAddress
                stream.avail_out = CUnsignedInt(bound)
                deflate(&stream, Z_FINISH)
            }
            count = bound - Int(stream.avail_out)
        }
    }
}
