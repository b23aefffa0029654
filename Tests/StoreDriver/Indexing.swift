import ClusterState
import DocumentStore
import Indices
import JSON
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How fast an index takes documents: mapping, analysis, documents of record and segments together.
struct Indexing {
    let folder: String
    let documents: Int
    let batch: Int
    let threads: Int

    init(_ arguments: ArraySlice<String>) {
        let arguments = Array(arguments)
        folder = arguments[0]
        documents = arguments.count > 1 ? Int(arguments[1]) ?? 1_000_000 : 1_000_000
        batch = arguments.count > 2 ? Int(arguments[2]) ?? 1_000 : 1_000
        threads = arguments.count > 3 ? Int(arguments[3]) ?? 2 : 2
    }

    private final class Work: Sendable {
        let index: IndexService
        let documents: Int
        let batch: Int
        let next = Atomic<Int>(0)

        init(_ index: IndexService, documents: Int, batch: Int) {
            self.index = index
            self.documents = documents
            self.batch = batch
        }

        func run() {
            while true {
                let first = next.add(batch, ordering: .relaxed).oldValue
                if first >= documents { return }
                let operations = (first..<min(first + batch, documents)).map {
                    DocumentOperation(generatingIDFor: Measurement.source($0)[...])
                }
                for result in index.apply(operations) {
                    if case .failure(let error) = result { print("refused: \(error)") }
                }
            }
        }
    }

    func run() throws {
        let node = try NodeIndices(try DataFolder(path: folder), log: { print($0) })
        let index = try node.create("measured", settings: ["index.refresh_interval": "-1"])
        let work = Work(index, documents: documents, batch: batch)
        let clock = ContinuousClock()
        var start = clock.now
        let all = (0..<threads).map { _ in JoinedThread { work.run() } }
        for thread in all { thread.join() }
        var took = clock.now - start
        var usage = rusage()
        getrusage(__rusage_who_t(0), &usage)  // RUSAGE_SELF
        let computed =
            Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(
                usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6
        let cores =
            (computed / (Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18) * 100).rounded()
            / 100
        print("\(threads) threads, batch \(batch): \(rate(took)) documents a second, \(cores) cores busy")
        start = clock.now
        try index.flush()
        took += clock.now - start
        print("flush: \(clock.now - start); with it \(rate(took)) documents a second")
        print("bytes a document: \(index.statistics.bytes / documents)")
        start = clock.now
        node.shutDown()
        print("shut down: \(clock.now - start)")
        start = clock.now
        let again = try NodeIndices(try DataFolder(path: folder), log: { print($0) })
        print("open: \(clock.now - start), \(try again.index("measured").statistics.searchableDocuments) documents")
        start = clock.now
        try again.rebuild("measured")
        print("rebuild: \(rate(clock.now - start)) documents a second")
        again.shutDown()
    }

    private func rate(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int(Double(documents) / (Double(seconds) + Double(attoseconds) / 1e18))
    }
}
