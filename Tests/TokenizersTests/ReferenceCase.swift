import JSON
import TestSupport
import Tokenizers

/// One tokenizer of `Tests/Fixtures/tokenizers/cases` with what Hugging Face `tokenizers` answered.
///
/// The format is described at the head of `make_fixtures.py`.
struct ReferenceCase {
    /// One input and its expected encoding.
    struct Expectation {
        let text: String
        let pair: String?
        let addsSpecialTokens: Bool
        let fields: JSONValue

        var isRefused: Bool { fields["err"] != nil }
    }

    let name: String
    let document: JSONValue
    let expectations: [Expectation]

    /// The names of all cases, sorted.
    static let names: [String] = {
        let listing = try? Fixture.names(in: "tokenizers/cases")
        return (listing ?? []).filter { $0.hasSuffix(".jsonl") }.map { String($0.dropLast(6)) }.sorted()
    }()

    private static let texts: [String] = {
        guard let bytes = try? Fixture.bytes("tokenizers/texts.json"), let value = try? JSONValue(parsing: bytes)
        else { return [] }
        return value.array?.compactMap(\.string) ?? []
    }()

    init(_ name: String) throws {
        self.name = name
        document = try Self.resolve(JSONValue(parsing: Fixture.bytes("tokenizers/cases/\(name).json")))
        expectations = try Fixture.bytes("tokenizers/cases/\(name).jsonl").split(separator: UInt8(ascii: "\n")).map {
            let fields = try JSONValue(parsing: Array($0))
            return Expectation(
                text: Self.texts[fields["a"]?.int ?? -1], pair: fields["b"]?.int.map { Self.texts[$0] },
                addsSpecialTokens: fields["s"]?.int != 0, fields: fields)
        }
    }

    /// Puts the shared parts in.
    static func resolve(_ value: JSONValue) throws -> JSONValue {
        switch value {
        case .object(let object):
            if object.count == 1, let path = object["$ref"]?.string {
                return try JSONValue(parsing: Fixture.bytes("tokenizers/" + path))
            }
            return .object(JSONObject(try object.map { ($0.key, try resolve($0.value)) }))
        case .array(let array) where array.count < 50: return .array(try array.map { try resolve($0) })
        default: return value
        }
    }
}

/// The differences between an encoding and what a fixture expects, in words.
func differences(_ encoding: Encoding, _ expected: JSONValue) -> [String] {
    var result: [String] = []
    func compare(_ what: String, _ actual: [Int], _ wanted: [Int]) {
        if actual != wanted { result.append("\(what): \(actual.prefix(60)) instead of \(wanted.prefix(60))") }
    }
    func list(_ key: String) -> [Int]? { expected[key]?.array?.map { $0.int ?? .min } }

    let count = encoding.count
    compare("ids", encoding.ids.map(Int.init), list("ids") ?? [])
    if let flat = list("off") {
        var offsets: [Int] = []
        var previous = 0
        for range in encoding.characterOffsets {
            offsets += [range.lowerBound - previous, range.count]
            previous = range.upperBound
        }
        compare("offsets", offsets, flat)
        compare("type ids", encoding.typeIDs.map(Int.init), list("type") ?? Array(repeating: 0, count: count))
        let mask = encoding.specialTokensMask.map { $0 ? 1 : 0 }
        compare("special tokens", mask, list("mask") ?? Array(repeating: 0, count: count))
    }
    if let runs = list("word") {
        var words: [Int] = []
        for index in stride(from: 0, to: runs.count, by: 2) {
            words += Array(repeating: runs[index], count: runs[index + 1])
        }
        compare("words", encoding.wordIDs.map(Int.init), words)
        compare("sequences", encoding.sequenceIDs.map(Int.init), list("seq") ?? Array(repeating: 0, count: count))
    }
    let overflowing = expected["over"]?.array ?? []
    if encoding.overflowing.count != overflowing.count {
        result.append("\(encoding.overflowing.count) overflowing encodings instead of \(overflowing.count)")
    } else {
        for (index, pair) in zip(encoding.overflowing, overflowing).enumerated() {
            result += differences(pair.0, pair.1).map { "overflowing \(index): " + $0 }
        }
    }
    return result
}
