/// The four Unicode normalisation forms (UAX #15) over ``NormalizedText``.
///
/// What each scalar does to the alignment follows the crate `unicode-normalization-alignments`: the first scalar of a
/// decomposition replaces, further ones are insertions; a composite takes away the scalars that went into it; canonical
/// ordering moves these marks together with their scalars.
struct UnicodeNormalization: Normalizer {
    /// A normalisation form.
    enum Form: String, Sendable { case nfc = "NFC", nfd = "NFD", nfkc = "NFKC", nfkd = "NFKD" }

    let form: Form

    func normalize(_ text: inout NormalizedText) {
        // Everything below U+0300 is in NFC, everything in ASCII in all four forms.
        let limit: UInt8 = form == .nfc ? 0xCC : 0x80
        if text.bytes.allSatisfy({ $0 < limit }) { return }
        var decomposed = Self.decompose(text, with: form == .nfc || form == .nfd ? .canonical : .compatible)
        if form == .nfc || form == .nfkc { decomposed = Self.compose(decomposed) }
        text.beginRewriting()
        for item in decomposed { text.transform(item.scalar, change: Int(item.change)) }
        text.endRewriting()
    }

    struct Item {
        var scalar: UInt32
        /// 1 = inserted, 0 = in place of one scalar, -n = in place of one scalar and n more.
        var change: Int32
        var combiningClass: UInt8
    }

    enum Kind { case canonical, compatible }

    private static func decompose(_ text: borrowing NormalizedText, with kind: Kind) -> [Item] {
        var items: [Item] = []
        items.reserveCapacity(text.bytes.count)
        let mapping = kind == .canonical ? UnicodeData.canonical : UnicodeData.compatible
        var index = 0
        var firstPending = 0
        func push(_ scalar: UInt32, _ change: Int32) {
            let combiningClass = scalar < 0x300 ? 0 : UnicodeData.combiningClass[scalar]
            if combiningClass == 0 {
                order(&items, from: firstPending)
                firstPending = items.count + 1
            }
            items.append(Item(scalar: scalar, change: change, combiningClass: combiningClass))
        }
        while index < text.bytes.count {
            let (scalar, length) = UTF8Scalar.decode(text.bytes, at: index)
            index += length
            if scalar < 0x80 {
                push(scalar, 0)
            } else if scalar >= 0xAC00 && scalar < 0xAC00 + 11172 {
                let syllable = scalar - 0xAC00
                push(0x1100 + syllable / 588, 0)
                push(0x1161 + syllable % 588 / 28, 1)
                if syllable % 28 != 0 { push(0x11A7 + syllable % 28, 1) }
            } else if let parts = mapping[scalar] {
                for (position, part) in parts.enumerated() { push(part, position == 0 ? 0 : 1) }
            } else {
                push(scalar, 0)
            }
        }
        order(&items, from: firstPending)
        return items
    }

    /// Sorts a run of marks by combining class, stably.
    ///
    /// Runs are short in real text; a merge sort bounds hostile ones.
    private static func order(_ items: inout [Item], from start: Int) {
        guard items.count - start > 1 else { return }
        items[start...].sort { $0.combiningClass < $1.combiningClass }
    }

    private static func compose(_ items: [Item]) -> [Item] {
        var result: [Item] = []
        result.reserveCapacity(items.count)
        var starter: Item?
        var waiting: [Item] = []
        var lastClass: UInt8?
        for item in items {
            guard var base = starter else {
                if item.combiningClass != 0 { result.append(item) } else { starter = item }
                continue
            }
            if let blocked = lastClass, blocked >= item.combiningClass {
                if item.combiningClass == 0 {
                    result.append(base)
                    result.append(contentsOf: waiting)
                    waiting.removeAll(keepingCapacity: true)
                    starter = item
                    lastClass = nil
                } else {
                    waiting.append(item)
                    lastClass = item.combiningClass
                }
                continue
            }
            if let composite = composite(base.scalar, item.scalar) {
                base.scalar = composite
                base.change += item.change - 1
                starter = base
            } else if lastClass == nil && item.combiningClass == 0 {
                result.append(base)
                starter = item
            } else {
                waiting.append(item)
                lastClass = item.combiningClass
            }
        }
        if let starter { result.append(starter) }
        result.append(contentsOf: waiting)
        return result
    }

    private static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first >= 0x1100 && first < 0x1113 && second >= 0x1161 && second < 0x1176 {
            return 0xAC00 + ((first - 0x1100) * 21 + (second - 0x1161)) * 28
        }
        if first >= 0xAC00 && first < 0xAC00 + 11172 && (first - 0xAC00) % 28 == 0 && second > 0x11A7
            && second < 0x11C3
        {
            return first + (second - 0x11A7)
        }
        return UnicodeData.compositions[UInt64(first) << 32 | UInt64(second)]
    }
}
