import DocumentStore

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How fast a store takes and gives documents.
struct Measurement {
    let folder: String
    let documents: Int
    let batch: Int
    let ids: String
    let durability: Durability

    init(_ arguments: ArraySlice<String>) {
        let arguments = Array(arguments)
        folder = arguments[0]
        documents = arguments.count > 1 ? Int(arguments[1]) ?? 1_000_000 : 1_000_000
        batch = arguments.count > 2 ? Int(arguments[2]) ?? 1_000 : 1_000
        ids = arguments.count > 3 ? arguments[3] : "generated"
        durability = arguments.count > 4 ? Durability(rawValue: arguments[4]) ?? .request : .request
    }

    func run() throws {
        let store = try DocumentStore(path: folder + "/documents.sqlite", create: true)
        try store.setDurability(durability)
        let clock = ContinuousClock()
        var random = SplitMix(state: 7)
        var known: [String] = []
        var inWrites = Duration.zero
        var inProcessor = 0.0
        var slowest = Duration.zero
        var made = 0
        while made < documents {
            let operations = (0..<batch).map { place -> DocumentOperation in
                let id =
                    switch ids {
                    case "sequential": "doc-\(made + place)"
                    case "random": String(random.next(), radix: 36) + String(random.next(), radix: 36)
                    default: DocumentIdentifier.next()
                    }
                if (made + place) % 64 == 0 { known.append(id) }
                var operation = DocumentOperation(id: id, action: .index(source: Self.source(made + place)[...]))
                operation.hasGeneratedID = ids == "generated"
                return operation
            }
            let start = clock.now
            let computed = Self.processorTime()
            _ = try store.write(operations)
            inProcessor += Self.processorTime() - computed
            let took = clock.now - start
            inWrites += took
            slowest = max(slowest, took)
            made += batch
        }
        print(
            "\(ids) \(durability) batch \(batch): \(perItem(inWrites, made)) us a document (\((inProcessor / Double(made) * 100).rounded() / 100) of them computing), slowest write \(slowest)"
        )
        var start = clock.now
        for id in known { _ = try store.document(id: id) }
        print("get by id: \(perItem(clock.now - start, known.count)) us")
        let seqNos = known.map { _ in Int64(random.next() % UInt64(made)) }
        start = clock.now
        for at in stride(from: 0, to: seqNos.count, by: 10) {
            _ = try store.documents(seqNos: Array(seqNos[at..<min(at + 10, seqNos.count)]))
        }
        print("get by sequence number, 10 a call: \(perItem(clock.now - start, seqNos.count)) us")
        start = clock.now
        var after: Int64 = -1
        while let last = try store.operations(after: after).last { after = last.seqNo }
        print("scan: \(perItem(clock.now - start, made)) us a document")
        print("bytes a document: \(store.statistics.bytes / made)")
        start = clock.now
        for number in 0..<200 {
            _ = try store.write([
                DocumentOperation(id: "one-\(number)", action: .index(source: Self.source(number)[...]))
            ])
        }
        print("one document a write: \(perItem(clock.now - start, 200)) us")
        start = clock.now
        store.close()
        print("close: \(clock.now - start)")
        start = clock.now
        let again = try DocumentStore(path: folder + "/documents.sqlite")
        _ = try again.document(id: known[0])
        print("open and get: \(clock.now - start)")
    }

    private func perItem(_ duration: Duration, _ count: Int) -> Double {
        let (seconds, attoseconds) = duration.components
        return ((Double(seconds) * 1e6 + Double(attoseconds) / 1e12) / Double(max(count, 1)) * 100).rounded() / 100
    }

    /// Microseconds that this thread has computed, in the system too.
    private static func processorTime() -> Double {
        var now = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now)
        return Double(now.tv_sec) * 1e6 + Double(now.tv_nsec) / 1e3
    }

    /// About 250 bytes, as a short product or message has.
    static func source(_ number: Int) -> [UInt8] {
        [UInt8](
            """
            {"title":"Document number \(number) of the measurement","text":"A few words that a short document may have, with \(number % 977) \
            and \(number % 31), so that it is as long as a message or the description of a package.","price":\(number % 1000),\
            "tags":["a\(number % 7)","b\(number % 13)"]}
            """.utf8)
    }
}

/// SplitMix64.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
