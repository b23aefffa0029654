import Testing

/// What a request gets, over HTTP/1.1.
@Suite struct RequestTests {
    @Test func routesAreAnsweredOnAConnectionThatStaysOpen() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            for name in ["a", "b", "c"] {
                await client.send("GET /hello?name=\(name) HTTP/1.1\r\nHost: x\r\n\r\n")
                let answer = try #require(await client.answer())
                #expect(answer.status == 200)
                #expect(answer.text == "hello \(name)")
                #expect(answer["connection"] == nil)
            }
            await client.send("POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nabcde")
            #expect(await client.answer()?.text == "abcde")
        }
    }

    @Test func faultsAreToldByTheRoutesRenderer() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            await client.send("GET /nowhere HTTP/1.1\r\nHost: x\r\nX-Request-Id: r1\r\n\r\n")
            let missing = try #require(await client.answer())
            #expect(missing.status == 404)
            #expect(missing.text.contains(#""dialect":"fallback""#))
            #expect(missing.text.contains(#""id":"r1""#))
            await client.send("DELETE /echo HTTP/1.1\r\nHost: x\r\n\r\n")
            let wrong = try #require(await client.answer())
            #expect(wrong.status == 405)
            #expect(wrong["allow"] == "POST")
            #expect(wrong.text.contains(#""dialect":"echo""#))
            await client.send("GET /fault HTTP/1.1\r\nHost: x\r\n\r\n")
            let overloaded = try #require(await client.answer())
            #expect(overloaded.status == 503)
            #expect(overloaded["retry-after"] == "7")
        }
    }
}
