import Glibc
import Synchronization

/// Clients on threads of their own, each with its connection.
enum Load {
    /// What some clients did.
    struct Outcome: Sendable {
        var latencies = Latencies()
        var failures: [String] = []
        var seconds = 0.0
    }

    /// Lets `clients` clients send requests one after another for a time.
    ///
    /// - Parameters:
    ///   - pause: the time between an answer and the client's next request.
    ///   - request: the request of a client's nth turn.
    static func run(
        _ target: Target, clients: Int, for time: Duration, pause: Duration = .zero,
        request: @escaping @Sendable (_ client: Int, _ turn: Int) -> [UInt8]
    ) -> Outcome {
        let total = Mutex(Outcome())
        let start = ContinuousClock.now
        var threads: [pthread_t] = []
        for client in 0..<clients {
            threads.append(
                thread {
                    var own = Outcome()
                    do {
                        let connection = try HTTPConnection(port: target.port)
                        var turn = 0
                        while ContinuousClock.now - start < time {
                            let bytes = request(client, turn)
                            let begin = ContinuousClock.now
                            let (status, body) = try connection.exchange(bytes)
                            own.latencies.add(ContinuousClock.now - begin)
                            if status != 200 {
                                own.failures.append("\(status): \(String(decoding: body.prefix(200), as: UTF8.self))")
                            }
                            if pause > .zero { usleep(UInt32(pause / .microseconds(1))) }
                            turn += 1
                        }
                    } catch {
                        own.failures.append("\(error)")
                    }
                    let result = own
                    total.withLock {
                        $0.latencies.add(result.latencies)
                        $0.failures += result.failures
                    }
                })
        }
        for thread in threads { pthread_join(thread, nil) }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        return total.withLock {
            $0.seconds = seconds
            return $0
        }
    }

    /// Starts an operating-system thread.
    static func thread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
        let box = Unmanaged.passRetained(Work(body))
        var handle = pthread_t()
        pthread_create(
            &handle, nil,
            { argument in
                if let argument { Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body() }
                return nil
            }, box.toOpaque())
        return handle
    }

    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
