import Glibc
import JSON
import Serving
import Telemetry
import Testing

/// What monitoring sees.
@Suite struct MetricsTests {
    @Test func everyDefinitionIsExposed() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            _ = try await client.get("/hello")
            let answer = try await client.get("/metrics")
            #expect(answer["content-type"] == "text/plain; version=0.0.4; charset=utf-8")
            for definition in ServingMetrics.all {
                #expect(
                    answer.text.contains("# TYPE \(definition.name) \(definition.kind.name)\n"), "\(definition.name)")
                #expect(!definition.help.isEmpty && !definition.unit.isEmpty)
            }
            #expect(Set(ServingMetrics.all.map(\.name)).count == ServingMetrics.all.count)
            #expect(answer.text.contains(#"needletail_build_info{version="1.2.3"} 1"#))
        }
    }

    @Test func requestsAreCountedByRouteAndStatus() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            for _ in 0..<3 { _ = try await client.get("/items/\(Int.random(in: 0...1000))") }
            _ = try await client.get("/nowhere")
            await client.send("PROPFIND /hello HTTP/1.1\r\nHost: x\r\n\r\n")
            _ = await client.answer()
            let name = "http_server_request_duration_seconds_count"
            try await server.expect(name + #"{method="GET",route="item",status="200"}"#, 3)
            try await server.expect(name + #"{method="GET",route="",status="404"}"#, 1)
            // Methods are words of clients: the unusual ones share a label.
            try await server.expect(name + #"{method="_OTHER",route="",status="405"}"#, 1)
            #expect(server.metric("http_server_received_bytes_total") > 100)
            #expect(server.metric("http_server_sent_bytes_total") > 100)
            try await server.expect("http_server_connections_open", 1)
        }
    }

    @Test func theProcessIsMeasured() async throws {
        try await RunningServer.run { server in
            let now = Double(time(nil))
            #expect(server.metric("process_cpu_seconds_total") > 0)
            #expect((1e6...1e12).contains(server.metric("process_resident_memory_bytes")))
            #expect(server.metric("process_virtual_memory_bytes") > server.metric("process_resident_memory_bytes"))
            #expect((3...100_000).contains(server.metric("process_open_fds")))
            #expect(server.metric("process_max_fds") >= 1024)
            #expect(((now - 100_000)...(now + 2)).contains(server.metric("process_start_time_seconds")))
        }
    }

    @Test func readinessTellsOfEveryModel() async throws {
        let readiness = Readiness(
            .loading,
            models: [
                .init(name: "one", state: .ready), .init(name: "two", state: .failed, reason: "no weights"),
            ])
        try await RunningServer.run(readiness: { readiness }) { server in
            let answer = try await RawClient(port: server.port).get("/readyz")
            #expect(answer.status == 503)
            let body = try JSONValue(parsing: answer.body)
            #expect(body["status"]?.string == "loading")
            #expect(body["models"]?[0]?["name"]?.string == "one")
            #expect(body["models"]?[0]?["status"]?.string == "ready")
            #expect(body["models"]?[1]?["reason"]?.string == "no weights")
        }
    }
}
