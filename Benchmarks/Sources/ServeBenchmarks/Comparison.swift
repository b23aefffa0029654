import Encoders
import Glibc
import Synchronization

/// Servers side by side in one run, in turns, with a rest between them, and the encoder's own time beside them.
struct Comparison {
    let encoder: CrossEncoder
    let targets: [Target]
    let passages: Passages
    let rounds: Int

    private func pairs(_ texts: [String]) -> [TextPair] { texts.map { TextPair(passages.query, $0) } }

    private func median(_ values: [Double]) -> Double {
        values.isEmpty ? .nan : values.sorted()[values.count / 2]
    }

    /// One client that sends one request after the other.
    func oneClient() throws {
        var own = Latencies()
        var times: [String: Latencies] = [:]
        for round in 0..<(rounds + 1) {
            for turn in 0..<40 {
                let texts = passages.some(10, from: (round * 40 + turn) * 10)
                let begin = ContinuousClock.now
                _ = try encoder.score(pairs(texts))
                if round > 0 { own.add(ContinuousClock.now - begin) }
            }
            for target in targets {
                usleep(300_000)
                let connection = try HTTPConnection(port: target.port)
                for turn in 0..<40 {
                    let request = target.request(passages.query, passages.some(10, from: (round * 40 + turn) * 10))
                    let begin = ContinuousClock.now
                    let (status, body) = try connection.exchange(request)
                    guard status == 200 else {
                        throw HTTPFailure(
                            description: "\(target.name): \(status) \(String(decoding: body, as: UTF8.self))")
                    }
                    // The first round warms up.
                    if round > 0 { times[target.name, default: Latencies()].add(ContinuousClock.now - begin) }
                }
            }
        }
        print("\n10 short texts, one client: milliseconds")
        Table.row(["", "p50", "p99", "over own p50"])
        Table.row(["CrossEncoder.score", Table.fixed(own.percentile(0.5)), Table.fixed(own.percentile(0.99)), ""])
        for target in targets {
            let latencies = times[target.name] ?? Latencies()
            Table.row([
                target.name, Table.fixed(latencies.percentile(0.5)), Table.fixed(latencies.percentile(0.99)),
                Table.fixed(latencies.percentile(0.5) - own.percentile(0.5)),
            ])
        }
    }

    /// Many clients at once, beside the encoder with as many texts in one call.
    func manyClients() throws {
        print("\n10 short texts, 32 clients: texts a second, medians of \(rounds) rounds")
        Table.row(["", "texts/s", "of own", "p50 ms", "p99 ms"])
        var ownRates: [Double] = []
        var rates: [String: [Double]] = [:]
        var latencies: [String: Latencies] = [:]
        for round in 0..<rounds {
            var scored = 0
            let begin = ContinuousClock.now
            while ContinuousClock.now - begin < .seconds(3) {
                _ = try encoder.score(pairs(passages.some(320, from: round * 320 + scored)))
                scored += 320
            }
            ownRates.append(Double(scored) / ((ContinuousClock.now - begin) / .seconds(1)))
            for target in targets {
                usleep(500_000)
                let outcome = Load.run(target, clients: 32, for: .seconds(3)) { client, turn in
                    target.request(passages.query, passages.some(10, from: round * 320 + client * 10 + turn * 320))
                }
                if let failure = outcome.failures.first {
                    print("\(target.name): \(outcome.failures.count) failures, \(failure)")
                }
                rates[target.name, default: []].append(Double(outcome.latencies.count * 10) / outcome.seconds)
                latencies[target.name, default: Latencies()].add(outcome.latencies)
            }
        }
        Table.row(["CrossEncoder.score(320)", Table.fixed(median(ownRates), 0), "1", "", ""])
        for target in targets {
            let ratios = zip(rates[target.name] ?? [], ownRates).map { $0 / $1 }
            Table.row([
                target.name, Table.fixed(median(rates[target.name] ?? [0]), 0), Table.fixed(median(ratios), 3),
                Table.fixed(latencies[target.name]?.percentile(0.5) ?? .nan, 1),
                Table.fixed(latencies[target.name]?.percentile(0.99) ?? .nan, 1),
            ])
        }
    }

    /// One text at a time beside a client that never rests.
    func besideHeavyNeighbour() {
        print("\n1 text while another client reranks 1,000 passages without pause: milliseconds")
        Table.row(["", "p50", "p99", "requests", "1,000 take"])
        for target in targets {
            usleep(500_000)
            let heavy = Mutex(Load.Outcome())
            let neighbour = Load.thread {
                let all = passages.some(1000, from: 0)
                let outcome = Load.run(target, clients: 1, for: .seconds(10)) { _, _ in
                    target.request(passages.query, all)
                }
                heavy.withLock { $0 = outcome }
            }
            usleep(300_000)
            let light = Load.run(target, clients: 1, for: .seconds(9), pause: .milliseconds(10)) { _, turn in
                target.request(passages.query, passages.some(1, from: turn))
            }
            pthread_join(neighbour, nil)
            let outcome = heavy.withLock { $0 }
            for failure in (light.failures + outcome.failures).prefix(1) { print("\(target.name): \(failure)") }
            Table.row([
                target.name, Table.fixed(light.latencies.percentile(0.5), 1),
                Table.fixed(light.latencies.percentile(0.99), 1),
                "\(light.latencies.count)", Table.fixed(outcome.latencies.percentile(0.5), 0),
            ])
        }
    }
}
