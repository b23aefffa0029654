/// Sentencepiece's own normalisation: grapheme clusters and characters are looked up in a table of rewritings.
///
/// A grapheme cluster of less than six bytes is looked up as a whole; if it, or a prefix of it, has an entry, that entry
/// stands for all of it. Otherwise its characters are looked up one by one. So does Hugging Face `tokenizers`, and its
/// offsets are the reason for the delayed step below.
package struct PrecompiledNormalizer: Normalizer {
    private let map: CharacterMap

    /// The factor by which a text may become longer.
    var greatestGrowth: Int { map.greatestGrowth }

    /// Longer grapheme clusters are looked up character by character.
    private static let longestCluster = 5

    /// Reads the `Precompiled` normaliser of a `tokenizer.json`.
    package init(_ settings: ComponentSettings) throws(TokenizerError) {
        let key = "precompiled_charsmap"
        guard let bytes = Base64.decode(try settings.string(key)) else {
            throw settings.failure(key, "expected base64")
        }
        do {
            map = try CharacterMap(bytes)
        } catch {
            throw settings.failure(key, error.reason)
        }
    }

    package func normalize(_ text: inout NormalizedText) {
        let isKept = text.bytes.withUnsafeBufferPointer { bytes in
            bytes.allSatisfy { $0 < 0x80 && map.keeps(ascii: $0) }
        }
        if isKept { return }
        text.beginRewriting()
        rewrite(&text)
        text.endRewriting()
    }

    private func rewrite(_ text: inout NormalizedText) {
        var step = DelayedStep()
        let source = text.bytes
        source.withUnsafeBufferPointer { bytes in
            var start = 0
            while start < bytes.count {
                let end = Self.endOfCluster(bytes, start)
                if end - start <= Self.longestCluster {
                    let place = map.replacement(of: bytes, from: start, to: end)
                    if place >= 0 {
                        replace(bytes, start, end, by: place, &step, &text)
                        start = end
                        continue
                    }
                }
                while start < end {
                    let (scalar, length) = UTF8Scalar.decode(bytes, at: start)
                    let place = map.replacement(of: bytes, from: start, to: start + length)
                    if place >= 0 {
                        replace(bytes, start, start + length, by: place, &step, &text)
                    } else {
                        step.write(scalar, change: 0, &text)
                    }
                    start += length
                }
            }
        }
        step.flush(&text)
    }

    /// Puts the text at `place` where `bytes[start..<end]` was: scalar for scalar, then insertions or removals.
    private func replace(
        _ bytes: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int, by place: Int32, _ step: inout DelayedStep,
        _ text: inout NormalizedText
    ) {
        let oldCount = Self.scalarCount(bytes[start..<end])
        let replacement = map.text(at: place)
        let newCount = Self.scalarCount(replacement)
        replacement.withUnsafeBufferPointer { replacement in
            var index = 0
            var written = 0
            while index < replacement.count {
                let (scalar, length) = UTF8Scalar.decode(replacement, at: index)
                step.write(scalar, change: written < oldCount ? 0 : 1, &text)
                written += 1
                index += length
            }
        }
        if newCount < oldCount { step.remove(oldCount - newCount) }
    }

    private static func scalarCount(_ bytes: some Collection<UInt8>) -> Int {
        bytes.reduce(0) { $0 + ($1 & 0xC0 != 0x80 ? 1 : 0) }
    }

    /// Where the extended grapheme cluster that begins at `start` ends (UAX 29).
    @inline(__always)
    private static func endOfCluster(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
        let lead = bytes[start]
        var index = start + UTF8Scalar.length(lead: lead)
        // Nothing joins two ASCII characters but CR LF.
        if index == bytes.count || (lead < 0x80 && bytes[index] < 0x80 && lead != 0x0D) { return index }
        guard let first = Unicode.Scalar(UTF8Scalar.decode(bytes, at: start).scalar) else { return index }
        var recognizer = Unicode._CharacterRecognizer()
        _ = recognizer.hasBreak(before: first)
        while index < bytes.count {
            let (value, length) = UTF8Scalar.decode(bytes, at: index)
            guard let scalar = Unicode.Scalar(value), !recognizer.hasBreak(before: scalar) else { break }
            index += length
        }
        return index
    }
}

/// The last scalar written, held back because a removal that follows changes what it replaces.
///
/// Upstream notes for each scalar how many more are there than before, and takes removals off the note of the scalar before
/// them, whatever that was: a removal after an insertion makes a replacement of it.
private struct DelayedStep {
    private var scalar: UInt32 = 0
    private var change = 0
    private var isHeld = false

    mutating func write(_ scalar: UInt32, change: Int, _ text: inout NormalizedText) {
        flush(&text)
        self.scalar = scalar
        self.change = change
        isHeld = true
    }

    /// Takes `count` scalars of the old text away; at the start of a text they stay, as upstream lets them.
    mutating func remove(_ count: Int) {
        if isHeld { change -= count }
    }

    mutating func flush(_ text: inout NormalizedText) {
        guard isHeld else { return }
        if change > 0 {
            text.insert(scalar)
        } else {
            text.replace(with: scalar)
            for _ in 0..<(-change) where text.nextScalar != nil { text.remove() }
        }
        isHeld = false
    }
}
