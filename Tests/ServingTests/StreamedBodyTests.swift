import Serving
import Testing

/// Bodies that handlers read while they arrive.
@Suite struct StreamedBodyTests {
    @Test func aBodyLongerThanAnyLimitPassesThrough() async throws {
        try await RunningServer.run(change: {
            $0.maximumBodyBytes = 1000
            $0.maximumBufferedBytes = 1000
        }) { server in
            let client = try RawClient(port: server.port)
            let size = 40 << 20
            await client.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
            let part = String(repeating: "x", count: 1 << 20)
            for _ in 0..<40 { await client.send(part) }
            #expect(await client.answer()?.text == "\(size) bytes")
            #expect(try await client.get("/hello").status == 200)
        }
    }

    @Test func chunksAndAnEmptyBodyEnd() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /count HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            await client.send("2\r\nde\r\n0\r\n\r\n")
            #expect(await client.answer()?.text == "5 bytes")
            #expect(try await client.post("/count", "").text == "0 bytes")
        }
    }

    @Test func aHandlerThatHasEnoughAnswersBeforeTheEnd() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /count?impatient HTTP/1.1\r\nHost: x\r\nContent-Length: \(1 << 30)\r\n\r\nabc")
            let answer = try #require(await client.answer())
            #expect(answer.text.contains("enough"))
            #expect(answer["connection"] == "close")
        }
    }

    @Test func whoStopsSendingIsToldSo() async throws {
        try await RunningServer.run(change: { $0.bodyTimeout = .milliseconds(200) }) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /count HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nabc")
            let answer = try #require(await client.answer())
            #expect(answer.text.contains("body_timeout"))
        }
    }

    /// The time that the handler takes is not the client's.
    @Test func aSlowHandlerKeepsItsClient() async throws {
        try await RunningServer.run(change: { $0.bodyTimeout = .milliseconds(500) }) { server in
            let client = try RawClient(port: server.port)
            let size = 4 << 20
            await client.send("POST /count?pause=30 HTTP/1.1\r\nHost: x\r\nContent-Length: \(size)\r\n\r\n")
            await client.send(String(repeating: "x", count: size))
            #expect(await client.answer()?.text == "\(size) bytes")
        }
    }
}
