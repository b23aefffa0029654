import Glibc
import Serving
import Synchronization
import Testing

/// Stopping: everything that was asked is answered, then the doors are closed.
@Suite struct StopTests {
    /// Clients that send the next request the moment they have the answer to the last.
    ///
    /// The only excuse for a connection to end is that the
    /// answer before said so, or that nothing was sent on it.
    @Test func everyRequestThatWasSentIsAnswered() async throws {
        try await RunningServer.run { server in
            let counts = Counts()
            await withTaskGroup(of: Void.self) { group in
                for index in 0..<40 {
                    group.addTask {
                        while true {
                            guard let client = try? RawClient(port: server.port) else { return }
                            while true {
                                // Some are slow, so that the stop finds requests in every state.
                                let request =
                                    index % 4 == 0
                                    ? "POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n20"
                                    : "GET /hello HTTP/1.1\r\nHost: x\r\n\r\n"
                                let pipelined = index % 5 == 0 ? 3 : 1
                                guard await client.send(String(repeating: request, count: pipelined)) else { break }
                                var isOver = false
                                for number in 0..<pipelined {
                                    if let answer = await client.answer() {
                                        counts.answered.add(1, ordering: .relaxed)
                                        isOver = answer["connection"] == "close"
                                        if isOver, number + 1 < pipelined { counts.lost.add(1, ordering: .relaxed) }
                                    } else {
                                        counts.lost.add(1, ordering: .relaxed)
                                        isOver = true
                                    }
                                    if isOver { break }
                                }
                                if isOver { break }
                            }
                        }
                    }
                }
                while counts.answered.load(ordering: .relaxed) < 500 { try? await Task.sleep(for: .milliseconds(5)) }
                server.server.stop()
            }
            #expect(counts.lost.load(ordering: .relaxed) == 0)
        }
    }

    @Test func idleConnectionsHaveAMomentForARequestThatIsUnderWay() async throws {
        try await RunningServer.run { server in
            let client = try RawClient(port: server.port)
            let untouched = try RawClient(port: server.port)
            #expect(try await client.get("/hello").status == 200)
            server.server.stop()
            // The connection is used on: one of these requests meets the stop, and is told.
            while try await client.get("/hello")["connection"] != "close" {}
            #expect(await client.isClosedByServer())
            #expect(await untouched.isClosedByServer())
        }
    }

    @Test func readinessGoesFirstAndLivenessStays() async throws {
        try await RunningServer.run(change: { $0.drainDelay = .milliseconds(500) }) { server in
            let client = try RawClient(port: server.port)
            #expect(try await client.get("/readyz").status == 200)
            server.server.stop()
            while try await client.get("/readyz").status != 503 { try await Task.sleep(for: .milliseconds(5)) }
            // New connections are still taken while load balancers find out.
            let late = try RawClient(port: server.port)
            #expect(try await late.get("/readyz").text.contains(#""status":"stopping""#))
            #expect(try await late.get("/livez").status == 200)
            #expect(try await late.get("/hello").status == 200)
        }
    }

    @Test func requestsThatTakeTooLongAreToldSo() async throws {
        try await RunningServer.run(change: { $0.drainTimeout = .milliseconds(200) }) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n60000")
            while server.metric("http_server_active_requests") == 0 { try await Task.sleep(for: .milliseconds(2)) }
            server.server.stop()
            let answer = try #require(await client.answer())
            #expect(answer.status == 503)
            #expect(answer.text.contains(#""dialect":"slow""#))
            #expect(answer["connection"] == "close")
        }
    }

    @Test func aSignalIsAWishToStop() async throws {
        try await RunningServer.run(handlesSignals: true) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n300")
            while server.metric("http_server_active_requests") == 0 { try await Task.sleep(for: .milliseconds(2)) }
            kill(getpid(), SIGTERM)
            #expect(await client.answer()?.text == "done")
            #expect(await client.isClosedByServer())
        }
    }

    @Test func aSecondStopDoesNotWait() async throws {
        try await RunningServer.run(change: { $0.drainTimeout = .seconds(1000) }) { server in
            let client = try RawClient(port: server.port)
            await client.send("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n600000")
            while server.metric("http_server_active_requests") == 0 { try await Task.sleep(for: .milliseconds(2)) }
            server.server.stop()
            server.server.stop()
            #expect(await client.isClosedByServer())
        }
    }
}

/// What clients of a test saw.
final class Counts: Sendable {
    let answered = Atomic<Int>(0)
    let lost = Atomic<Int>(0)
}
