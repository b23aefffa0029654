// Vector search: what Benchmarks/vectors_peers.py runs for Needletail.
//
//     VectorBenchmarks build VECTORS.npy INDEX [--rows N] [--m 16] [--ef-construction 100] [--threads 1] [--space innerproduct]
//     VectorBenchmarks search INDEX QUERIES.npy TRUTH.npy [--k 10] [--ef 20,40,...] [--method graph] [--allowed BITS] [--rounds 3]
//
// Each measurement is a JSON object in a line. TRUTH has the true neighbours of each query, nearest first; BITS is a file with one bit a
// vector.
import FoundationEssentials
import Tensors
import VectorIndex

#if canImport(Glibc)
    import Glibc
#endif

func option(_ name: String, _ fallback: String) -> String {
    guard let place = CommandLine.arguments.firstIndex(of: "--" + name), place + 1 < CommandLine.arguments.count else {
        return fallback
    }
    return CommandLine.arguments[place + 1]
}

func seconds(_ body: () throws -> Void) rethrows -> Double {
    let clock = ContinuousClock()
    let elapsed = try clock.measure(body)
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
}

/// A file as memory, until the process ends.
func mapped(_ path: String) throws -> UnsafeRawBufferPointer {
    let file = open(path, O_RDONLY)
    var status = stat()
    guard file >= 0, fstat(file, &status) == 0,
        let base = mmap(nil, Int(status.st_size), PROT_READ, MAP_SHARED, file, 0), base != MAP_FAILED
    else { throw BenchmarkFailure("\(path): cannot be mapped") }
    return UnsafeRawBufferPointer(start: base, count: Int(status.st_size))
}

/// CPU time of this process.
func processSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Resident memory of this process in bytes, of its own and of mapped files.
func residentBytes() -> (anonymous: Int, file: Int) {
    guard let text = try? String(contentsOf: URL(filePath: "/proc/self/status"), encoding: .utf8) else { return (0, 0) }
    func kilobytes(_ name: String) -> Int {
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            return Int(line.filter { $0.isNumber }) ?? 0
        }
        return 0
    }
    return (kilobytes("RssAnon:") * 1024, kilobytes("RssFile:") * 1024)
}

func build() throws {
    let vectors = try NumPyMatrix(path: CommandLine.arguments[2])
    let rows = min(vectors.rows, Int(option("rows", "1000000000")) ?? 0)
    let field = try VectorField(dimension: vectors.columns, space: VectorSpace(name: option("space", "innerproduct")))
    let writer = VectorSegmentWriter(field: field, documentCount: rows)
    for row in 0..<rows { try writer.add(document: row, vector: vectors.row(row)) }
    let threads = Int(option("threads", "1")) ?? 1
    let pool = threads > 1 ? WorkerPool(threads: threads) : nil
    let options = GraphOptions(
        m: Int(option("m", "16")) ?? 16, efConstruction: Int(option("ef-construction", "100")) ?? 100)
    let before = processSeconds()
    let graph = seconds { _ = writer.buildGraph(options, pool: pool) }
    let used = processSeconds() - before
    guard let file = fopen(CommandLine.arguments[3], "wb") else { throw BenchmarkFailure("cannot write") }
    let writing = seconds { writer.write { _ = fwrite($0.baseAddress, 1, $0.count, file) } }
    fclose(file)
    print("{\"build_s\": \(graph), \"cpu_s\": \(used), \"write_s\": \(writing), \"bytes\": \(writer.byteCount)}")
}

func search() throws {
    let path = CommandLine.arguments[2]
    let bytes = try mapped(path)
    let segment = try VectorSegment(bytes, owner: path, file: path)
    let queries = try NumPyMatrix(path: CommandLine.arguments[3])
    let truth = try NumPyMatrix(path: CommandLine.arguments[4])
    let k = Int(option("k", "10")) ?? 10
    let all = (0..<min(queries.rows, truth.rows)).map { queries.row($0, as: Float.self) }
    let wanted = (0..<all.count).map { Set(truth.row($0, as: Int32.self).prefix(k).map { Int($0) }) }
    let methods: [String: VectorQuery.Method] = ["graph": .graph, "exact": .exact, "automatic": .automatic]
    let method = methods[option("method", "automatic")] ?? .automatic
    var allowed: DocumentBits?
    let filter = option("allowed", "")
    if !filter.isEmpty {
        var words = [UInt64](repeating: 0, count: (segment.documentCount + 63) / 64)
        for (i, byte) in try Data(contentsOf: URL(filePath: filter)).enumerated() {
            words[i / 8] |= UInt64(byte) << UInt64(i % 8 * 8)
        }
        allowed = DocumentBits(words: words)
    }
    for ef in option("ef", "100").split(separator: ",").compactMap({ Int($0) }) {
        var times: [Double] = []
        var found = 0, possible = 0, comparisons = 0
        var ways: [String: Int] = [:]
        let before = processSeconds()
        let rounds = Int(option("rounds", "3")) ?? 3
        for round in 0..<rounds {
            let time = try seconds {
                for (i, vector) in all.enumerated() {
                    let query = VectorQuery(vector: vector, k: k, efSearch: ef, method: method)
                    let matches = try segment.search(query, allowed: allowed)
                    guard round == 0 else { continue }
                    possible += wanted[i].count
                    found += matches.hits.reduce(0) { $0 + (wanted[i].contains($1.document) ? 1 : 0) }
                    comparisons += matches.comparisons
                    ways[matches.plan.way.rawValue, default: 0] += 1
                }
            }
            times.append(time)
        }
        let best = times.min() ?? 0
        let used = (processSeconds() - before) / Double(rounds * all.count)
        let memory = residentBytes()
        print(
            "{\"ef\": \(ef), \"qps\": \(Double(all.count) / best), \"recall\": \(Double(found) / Double(max(1, possible))), "
                + "\"cpu_us\": \(used * 1e6), \"comparisons\": \(Double(comparisons) / Double(all.count)), \"graph\": \(ways["graph"] ?? 0), "
                + "\"rss_anonymous\": \(memory.anonymous), \"rss_file\": \(memory.file)}")
    }
}

do {
    switch CommandLine.arguments.dropFirst().first {
    case "build": try build()
    case "search": try search()
    default: throw BenchmarkFailure("usage: VectorBenchmarks build|search ...; see main.swift")
    }
} catch {
    let message = Array("VectorBenchmarks: \(error)\n".utf8)
    _ = Glibc.write(2, message, message.count)
    exit(1)
}
