import Glibc
import JSON
import Logging
import Serving
import Testing

/// What operators read: log lines and ids.
@Suite struct LogTests {
    @Test func eachRequestIsOneLine() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            _ = try await client.post("/echo?secret=1", "abc", "User-Agent: tests/1.0\r\nX-Request-Id: my-id\r\n")
            let record = try #require(try await server.log.record(of: "/echo"))
            #expect(record["message"]?.string == "request")
            #expect(record["level"]?.string == "info")
            #expect(record["id"]?.string == "my-id")
            #expect(record["method"]?.string == "POST")
            #expect(record["route"]?.string == "echo")
            #expect(record["status"]?.int == 200)
            #expect(record["bytes_in"]?.int == 3)
            #expect(record["bytes_out"]?.int == 3)
            #expect(record["duration_ms"]?.double != nil)
            #expect(record["client"]?.string == "127.0.0.1")
            #expect(record["user_agent"]?.string == "tests/1.0")
            #expect(record["model"]?.string == "tiny")
            #expect(record["texts"]?.int == 3)
            #expect(record["trace_id"] == nil)
            #expect(!server.log.text.contains("secret"))
        }
    }

    @Test func slowRequestsAreWarnedOfWithTheirPhases() async throws {
        try await RunningServer.run(change: { $0.slowRequestThreshold = .milliseconds(50) }) { server in
            let client = try RawClient(port: server.port)
            _ = try await client.post("/slow", "100")
            let record = try #require(try await server.log.record(of: "/slow"))
            #expect(record["level"]?.string == "warning")
            #expect(record["message"]?.string == "slow request")
            #expect((record["handling_ms"]?.double ?? 0) >= 100)
            #expect(record["receiving_ms"]?.double != nil && record["writing_ms"]?.double != nil)
        }
    }

    @Test func idsAreTakenOrMade() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            #expect(try await client.get("/hello", "X-Request-Id: a-1\r\n")["x-request-id"] == "a-1")
            #expect(try await client.get("/hello", "X-Opaque-Id: o.2\r\n")["x-request-id"] == "o.2")
            // Whatever could break a log line, a header or a page is left out.
            #expect(
                try await client.get("/hello", "X-Request-Id: a \"<b>\u{e9}\tc\r\n")["x-request-id"] == "abc")
            let long = try await client.get("/hello", "X-Request-Id: \(String(repeating: "x", count: 500))\r\n")
            #expect(long["x-request-id"]?.count == 128)
            let made = try #require(try await client.get("/hello", "X-Request-Id: \"\"\r\n")["x-request-id"])
            let other = try #require(try await client.get("/hello")["x-request-id"])
            #expect(made.count == 16 && other.count == 16 && made != other)
        }
    }

    @Test func tracesAreJoined() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
            let answer = try await client.get("/hello", "traceparent: 00-\(trace)-00f067aa0ba902b7-01\r\n")
            let sent = try #require(answer["traceparent"]).split(separator: "-")
            #expect(sent.count == 4 && sent[0] == "00" && sent[1] == trace && sent[3] == "01")
            #expect(sent[2] != "00f067aa0ba902b7" && sent[2].count == 16)
            let record = try #require(try await server.log.record(of: "/hello"))
            #expect(record["trace_id"]?.string == trace)
            #expect(record["span_id"]?.string == String(sent[2]))
            #expect(record["parent_id"]?.string == "00f067aa0ba902b7")
            // A later version may have more parts.
            let later = try await client.get("/hello", "traceparent: 01-\(trace)-00f067aa0ba902b7-01-more\r\n")
            #expect(later["traceparent"]?.contains(trace) == true)
            for invalid in [
                "00-\(trace)-00f067aa0ba902b7", "ff-\(trace)-00f067aa0ba902b7-01",
                "00-\(trace.uppercased())-00f067aa0ba902b7-01",
                "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01",
                "00-\(trace)-0000000000000000-01", "00-\(trace)-00f067aa0ba902b7-01-more", "x",
            ] {
                #expect(
                    try await client.get("/hello", "traceparent: \(invalid)\r\n")["traceparent"] == nil, "\(invalid)")
            }
        }
    }

    @Test(arguments: LogFormat.allCases)
    func nobodyWritesALineOfTheirOwn(format: LogFormat) throws {
        let log = LogLines()
        let logger = Logger(label: "test") { _ in LineLogHandler(format: format, sink: log.sink) }
        let evil = "a\r\nb\u{1b}[31m\u{85}\u{2028}\u{7f}\"c\\"
        logger.warning("message \(evil)", metadata: ["key": "\(evil)", "k\ney": "x", "plain": "word"])
        let text = log.text
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count == 2)
        #expect(!text.dropLast().unicodeScalars.contains { $0.value < 0x20 })
        if format == .json {
            let record = try JSONValue(parsing: Array(text.utf8))
            #expect(record["key"]?.string == evil)
            #expect(record["level"]?.string == "warning")
        } else {
            #expect(text.contains(#"key="a\r\nb\u{1b}[31m\u{85}\u{2028}\u{7f}\"c\\""#))
            #expect(text.contains(" WARNING message "))
            #expect(text.contains(" plain=word"))
        }
    }

    @Test func levelsBelowTheSettingAreNotWritten() {
        let log = LogLines()
        let logger = Logger(label: "test") { _ in LineLogHandler(format: .plain, level: .warning, sink: log.sink) }
        logger.info("quiet")
        logger.error("loud")
        #expect(!log.text.contains("quiet") && log.text.contains("loud"))
    }

    @Test func aStuckReaderStopsNobody() async throws {
        var ends: [CInt] = [0, 0]
        #expect(pipe(&ends) == 0)
        let sink = LogSink(descriptor: ends[1])
        let logger = Logger(label: "test") { _ in LineLogHandler(format: .plain, sink: sink) }
        let long = String(repeating: "x", count: 10_000)
        for _ in 0..<1000 { logger.info("\(long)") }
        #expect(sink.droppedLines > 0)
        // Somebody reads again: the gap is told of.
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        var tail: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while !String(decoding: tail, as: UTF8.self).contains("log lines were dropped here") {
            logger.info("next")
            let count = read(ends[0], &chunk, chunk.count)
            if count > 0 {
                tail = tail.suffix(100) + chunk[..<count]
            } else {
                try await Task.sleep(for: .milliseconds(1))
            }
        }
        close(ends[0])
        sink.flush()
        close(ends[1])
    }
}
