#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import Glibc
import JSON
import Testing
import Tokenizers

/// The full comparison with Hugging Face `tokenizers`: hundreds of thousands of texts, as hashes.
///
/// Runs only when NEEDLETAIL_TOKENIZER_REFERENCE names a folder that `make_fixtures.py --all` has written;
/// NEEDLETAIL_TOKENIZER_RUN restricts it to one run. Prints the counts and the first mismatches of each run.
///
/// Known among the runs of `--components`: `bytes` (scalar and byte offsets that disagree) where ByteLevel puts a space before
/// the text and trims offsets, because upstream trims by one unit, whichever it counts in; a few random texts in runs with
/// `\p{…}` or `\d`, whose letters or digits are newer than PCRE2's tables.
@Suite struct FullReferenceTests {
    private static let folder = getenv("NEEDLETAIL_TOKENIZER_REFERENCE").map { String(cString: $0) }
    private static let only = getenv("NEEDLETAIL_TOKENIZER_RUN").map { String(cString: $0) }

    /// The folders that hold a reference.
    static let runs: [String] = {
        guard let folder else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.sorted().filter {
            (only == nil || only == $0) && access("\(folder)/\($0)/reference.bin", R_OK) == 0
        }
    }()

    @Test(.enabled(if: folder != nil), arguments: runs)
    func encodesEveryTextAsHuggingFace(_ run: String) throws {
        let folder = try #require(Self.folder)
        let texts = try Self.readTexts(folder + "/texts.bin")
        var pairs = BinaryReader(try Self.bytes(folder + "/pairs.bin"))
        _ = pairs.word()
        var reference = BinaryReader(try Self.bytes("\(folder)/\(run)/reference.bin"))
        let count = Int(reference.word())
        let isPairs = reference.word() == 1
        let document = try JSONValue(parsing: Self.bytes("\(folder)/\(run)/tokenizer.json"))
        let tokenizer = try Tokenizer(tokenizerJSON: document)

        var mismatches: [String: Int] = [:]
        var shown = 0
        var failed = 0
        var tokens = 0
        for index in 0..<count {
            let (a, b) = isPairs ? (Int(pairs.word()), Int(pairs.word())) : (index, -1)
            let expected = Record(&reference)
            let encoding = try tokenizer.encode(texts[a], pair: b < 0 ? nil : texts[b])
            tokens += encoding.count
            var kinds = Record(encoding).differences(from: expected)
            if b < 0, texts[a].utf8.count < 2000, !Self.offsetsAgree(encoding, texts[a]) { kinds.append("bytes") }
            if kinds.isEmpty { continue }
            failed += 1
            for kind in kinds { mismatches[kind, default: 0] += 1 }
            if shown < 12 {
                shown += 1
                print("\(run) \(index) \(kinds): \(String(texts[a].unicodeScalars.prefix(40)).debugDescription)")
            }
        }
        print("\(run): \(count) inputs, \(tokens) tokens, \(failed) mismatches \(mismatches)")
        #expect(failed == 0)
    }

    /// Whether byte and scalar offsets name the same places.
    private static func offsetsAgree(_ encoding: Encoding, _ text: String) -> Bool {
        var scalarAt: [Int] = []
        var count = 0
        for byte in text.utf8 {
            if byte & 0xC0 != 0x80 { count += 1 }
            scalarAt.append(byte & 0xC0 == 0x80 ? -1 : count - 1)
        }
        scalarAt.append(count)
        for (characters, bytes) in zip(encoding.characterOffsets, encoding.byteOffsets) {
            guard scalarAt[bytes.lowerBound] == characters.lowerBound,
                scalarAt[bytes.upperBound] == characters.upperBound
            else { return false }
        }
        return encoding.characterOffsets.count == encoding.byteOffsets.count
    }

    private static func readTexts(_ path: String) throws -> [String] {
        var reader = BinaryReader(try bytes(path))
        return (0..<Int(reader.word())).map { _ in
            String(decoding: reader.take(Int(reader.word())), as: UTF8.self)
        }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        let file = try #require(fopen(path, "r"), "cannot open \(path)")
        defer { fclose(file) }
        fseek(file, 0, SEEK_END)
        let size = ftell(file)
        rewind(file)
        return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            count = fread(buffer.baseAddress, 1, size, file)
        }
    }
}

/// What the reference says about one input.
private struct Record {
    var tokens: UInt32
    var overflowing: UInt32
    var ids: UInt64
    var types: UInt64
    var offsets: UInt64
    var rest: UInt64

    init(_ reader: inout BinaryReader) {
        tokens = reader.word()
        overflowing = reader.word()
        ids = reader.doubleWord()
        types = reader.doubleWord()
        offsets = reader.doubleWord()
        rest = reader.doubleWord()
    }

    init(_ encoding: Encoding) {
        tokens = UInt32(encoding.count)
        overflowing = UInt32(encoding.overflowing.count)
        (ids, types, offsets, rest) = (1, 1, 1, 1)
        for part in [encoding] + encoding.overflowing {
            for id in part.ids { Self.mix(&ids, Int(id)) }
            for type in part.typeIDs { Self.mix(&types, Int(type)) }
            for range in part.characterOffsets {
                Self.mix(&offsets, range.lowerBound)
                Self.mix(&offsets, range.upperBound)
            }
            for (isSpecial, word) in zip(part.specialTokensMask, part.wordIDs) {
                Self.mix(&rest, isSpecial ? 1 : 0)
                Self.mix(&rest, Int(word) + 1)
            }
        }
    }

    private static func mix(_ hash: inout UInt64, _ value: Int) {
        hash = hash &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(truncatingIfNeeded: value) &+ 1
    }

    func differences(from other: Record) -> [String] {
        var kinds: [String] = []
        if ids != other.ids || tokens != other.tokens { kinds.append("ids") }
        if types != other.types { kinds.append("types") }
        if offsets != other.offsets { kinds.append("offsets") }
        if rest != other.rest { kinds.append("mask or words") }
        if overflowing != other.overflowing { kinds.append("overflowing") }
        return kinds
    }
}

/// Little-endian numbers, one after the other.
private struct BinaryReader {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func word() -> UInt32 {
        take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func doubleWord() -> UInt64 {
        take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        defer { position += count }
        return bytes[position..<(position + count)]
    }
}
