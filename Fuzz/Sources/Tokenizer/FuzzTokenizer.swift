import FuzzInput
import JSON
import Tokenizers

/// Reads the input up to a zero byte as a tokenizer.json; what loads must encode and decode any text, and that after the zero
/// byte, with offsets that lie inside it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTokenizer(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = FuzzInput.array(start, count)
    let end = input.firstIndex(of: 0) ?? input.count
    guard let document = try? JSONValue(parsing: Array(input[..<end])),
        let tokenizer = try? Tokenizer(tokenizerJSON: document)
    else { return 0 }
    let rest = Array(input[min(end + 1, input.count)...].prefix(2000))
    for text in fixedTexts + [rest] {
        // Offsets are about the text in which U+FFFD stands for ill-formed bytes.
        let byteCount = String(decoding: text, as: UTF8.self).utf8.count
        text.withUnsafeBufferPointer { bytes in
            for pair in [nil, bytes] {
                guard let encoding = try? tokenizer.encode(utf8: bytes, pair: pair) else { continue }
                check(encoding, byteCount: byteCount)
                _ = tokenizer.decode(encoding.ids)
                _ = tokenizer.decode(encoding.ids, skipSpecialTokens: false)
            }
        }
    }
    _ = tokenizer.decode([0, -1, .max, .min, 3])
    _ = tokenizer.vocabularySize
    return 0
}

private let fixedTexts: [[UInt8]] = [
    [], Array(" a".utf8), Array("Hello, W\u{F6}rld! \u{2581}12 <s> e\u{301}\u{FB01}\u{1F468}\u{200D}\u{1F469}".utf8),
    [0xFF, 0xE2, 0x82, 0x61, 0xF0, 0x9F], Array("aaaa\r\n\u{0}bb  \u{3000}\u{4E2D}\u{6587}".utf8),
]

private func check(_ encoding: Encoding, byteCount: Int) {
    let count = encoding.ids.count
    precondition(encoding.typeIDs.count == count && encoding.byteOffsets.count == count)
    precondition(encoding.characterOffsets.count == count && encoding.specialTokensMask.count == count)
    for (bytes, characters) in zip(encoding.byteOffsets, encoding.characterOffsets) {
        precondition(bytes.lowerBound >= 0 && bytes.upperBound <= byteCount)
        precondition(characters.lowerBound >= 0 && characters.upperBound <= byteCount)
    }
    for part in encoding.overflowing { check(part, byteCount: byteCount) }
}
