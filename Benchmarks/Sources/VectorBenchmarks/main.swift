// Vector search: what Benchmarks/retrieval_peers.py runs for Needletail.
//
//     VectorBenchmarks build VECTORS.npy INDEX [--rows N] [--m 16] [--ef-construction 100] [--threads 1] [--space innerproduct]
//     VectorBenchmarks serve FOLDER INDEX [--queries N]
//
// Each measurement is a JSON object in a line. FOLDER has queries.npy, truth.npy (the true neighbours of each query, nearest first), and for
// filters truthSHARE.npy and allowedSHARE.bits (a bit a vector); INDEX is a file in it.
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

/// Answers lines "EF SHARE METHOD" on standard input: all queries one after another, those of SHARE percent among the allowed vectors (0: all).
func serve() throws {
    let folder = CommandLine.arguments[2], k = 10
    let path = folder + "/" + CommandLine.arguments[3]
    let segment = try VectorSegment(try mapped(path), owner: path, file: path)
    let queries = try NumPyMatrix(path: folder + "/queries.npy")
    let vectors = (0..<min(queries.rows, Int(option("queries", "1000000000")) ?? 0)).map {
        queries.row($0, as: Float.self)
    }
    let methods: [String: VectorQuery.Method] = ["graph": .graph, "exact": .exact, "automatic": .automatic]
    while let line = readLine() {
        let words = line.split(separator: " ").map(String.init)
        guard words.count == 3, let ef = Int(words[0]), let method = methods[words[2]] else {
            throw BenchmarkFailure("\(line): wants EF SHARE METHOD")
        }
        let share = words[1] == "0" ? "" : words[1]
        let truth = try NumPyMatrix(path: folder + "/truth\(share).npy")
        let wanted = vectors.indices.map { Set(truth.row($0, as: Int32.self).prefix(k).map { Int($0) }) }
        let allowed = share.isEmpty ? nil : try documentBits(folder + "/allowed\(share).bits", segment.documentCount)
        var found = 0, comparisons = 0
        var ways: [String: Int] = [:]
        let before = processSeconds()
        let time = try seconds {
            for (i, vector) in vectors.enumerated() {
                let matches = try segment.search(
                    VectorQuery(vector: vector, k: k, efSearch: ef, method: method), allowed: allowed)
                found += matches.hits.reduce(0) { $0 + (wanted[i].contains($1.document) ? 1 : 0) }
                comparisons += matches.comparisons
                ways[matches.plan.way.rawValue, default: 0] += 1
            }
        }
        let used = processSeconds() - before
        let count = Double(vectors.count)
        print(
            "{\"us\": \(time * 1e6 / count), \"cpu_us\": \(used * 1e6 / count), \"recall\": \(Double(found) / count / Double(k)), "
                + "\"comparisons\": \(Double(comparisons) / count), \"graph\": \(ways["graph"] ?? 0)}")
        fflush(nil)
    }
}

/// A bit a vector, from a file.
func documentBits(_ path: String, _ count: Int) throws -> DocumentBits {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    for (i, byte) in try Data(contentsOf: URL(filePath: path)).enumerated() {
        words[i / 8] |= UInt64(byte) << UInt64(i % 8 * 8)
    }
    return DocumentBits(words: words)
}

do {
    switch CommandLine.arguments.dropFirst().first {
    case "build": try build()
    case "serve": try serve()
    default: throw BenchmarkFailure("usage: VectorBenchmarks build|serve ...; see main.swift")
    }
} catch {
    let message = Array("VectorBenchmarks: \(error)\n".utf8)
    _ = Glibc.write(2, message, message.count)
    exit(1)
}
