// Times tokenizers on one thread.
//
//     TokenizersBenchmarks TOKENIZER.json TEXTS.jsonl            prints a table
//     TokenizersBenchmarks TOKENIZER.json TEXTS.jsonl --serve    reads "encode" or "ids" from standard input, runs once,
//                                                                answers with CPU seconds and tokens
//
// Without paths: the starter model's tokenizer over the example collection.
//
// TEXTS.jsonl has a JSON string per line, or an object with "title" and "text". `tokenizers_peers.py` beside `run` makes such a file, and compares.
import FoundationEssentials
import Glibc
import JSON
import Measuring
import Tokenizers

func read(_ path: String) throws -> [UInt8] { [UInt8](try Data(contentsOf: URL(filePath: path))) }

/// A tokenizer, the texts it is timed with, and the arrays it fills.
struct Workload {
    private var tokenizer: Tokenizer
    private let texts: [String]
    private var (ids, typeIDs): ([Int32], [Int32]) = ([], [])
    let byteCount: Int

    init(tokenizer path: String, texts textsPath: String) throws {
        tokenizer = try Tokenizer(tokenizerJSON: JSONValue(parsing: read(path)))
        tokenizer.truncation = nil
        texts = try read(textsPath).split(separator: UInt8(ascii: "\n")).compactMap {
            let line = try JSONValue(parsing: Array($0))
            return line.string ?? "\(line["title"]?.string ?? "") \(line["text"]?.string ?? "")"
        }
        byteCount = texts.reduce(0) { $0 + $1.utf8.count }
    }

    /// Everything that an encoding holds: ids, masks, words, offsets in bytes and characters.
    func encodeAll() throws -> Int {
        var count = 0
        for text in texts { count += try tokenizer.encode(text).count }
        return count
    }

    /// Ids and type ids into the same two arrays.
    mutating func appendAll() throws -> Int {
        var count = 0
        for text in texts {
            ids.removeAll(keepingCapacity: true)
            typeIDs.removeAll(keepingCapacity: true)
            try tokenizer.appendIDs(of: text, to: &ids, typeIDs: &typeIDs)
            count += ids.count
        }
        return count
    }
}

var paths = CommandLine.arguments.dropFirst().filter { !$0.hasPrefix("--") }
if paths.count < 2 {
    let root = URL(filePath: #filePath).deletingLastPathComponent().path + "/../../.."
    paths = [root + "/Models/starter-cross-encoder/tokenizer.json", root + "/Examples/packages/corpus.jsonl"]
}
var workload = try Workload(tokenizer: paths[0], texts: paths[1])
if CommandLine.arguments.contains("--serve") {
    while let line = readLine() {
        // Processor time: what else runs on the machine does not count.
        let start = clock()
        let count = line == "ids" ? try workload.appendAll() : try workload.encodeAll()
        print(Double(clock() - start) / Double(CLOCKS_PER_SEC), count, workload.byteCount)
        fflush(nil)
    }
} else {
    let table = MeasurementTable("Tokenizing \(workload.byteCount) bytes, one thread")
    table.add(
        try .measure("encode, all fields", units: Double(workload.byteCount), of: "B") {
            consume(try workload.encodeAll())
        })
    table.add(
        try .measure("appendIDs", units: Double(workload.byteCount), of: "B") { consume(try workload.appendAll()) })
}
