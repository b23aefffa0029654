/// Replaces characters by others that a table gives: ASCII folding and CJK width.
struct FoldingFilter: TokenFilter {
    enum Kind: Sendable { case ascii, cjkWidth }

    var kind: Kind
    /// Whether a token that changes stays too, behind the changed one at the same position.
    var preservesOriginal = false
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        let table = kind == .ascii ? FoldingTable.ascii : FoldingTable.cjkWidth
        var made = false
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            let base = batch.arena.base
            var first = Int(token.start)
            while first < Int(token.end), base[first] < 0x80 { first += 1 }
            guard first < Int(token.end) else {
                if made { batch.spare.append(token) }
                continue
            }
            let folded =
                kind == .ascii ? Self.folded(batch.bytes(token), table) : Self.foldedWidth(batch.bytes(token), table)
            let changed = !folded.elementsEqual(batch.bytes(token))
            if changed, preservesOriginal, !made {
                made = true
                batch.spare.removeAll()
                for earlier in 0..<index { batch.spare.append(batch.tokens[earlier]) }
            }
            if changed { batch.replace(index, with: folded) }
            if made {
                batch.spare.append(batch.tokens[index])
                if changed {
                    var original = token
                    original.positionIncrement = 0
                    batch.spare.append(original)
                }
            }
        }
        if made { batch.useSpare() }
    }

    private static func folded(_ text: UnsafeBufferPointer<UInt8>, _ table: FoldingTable) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.count * 2)
        guard let base = text.baseAddress else { return out }
        var index = 0
        while index < text.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index)
            if scalar >= 0x80, let piece = table[scalar] {
                out += piece
            } else {
                out.append(contentsOf: text[index..<index + length])
            }
            index += length
        }
        return out
    }

    /// Half-width katakana with a voicing mark behind them become one character.
    private static func foldedWidth(_ text: UnsafeBufferPointer<UInt8>, _ table: FoldingTable) -> [UInt8] {
        guard let base = text.baseAddress else { return [] }
        var scalars: [UInt32] = []
        var index = 0
        while index < text.count {
            let (scalar, length) = UTF8Scalar.decode(base, at: index)
            index += length
            if scalar == 0xFF9E || scalar == 0xFF9F, let last = scalars.last,
                let joined = voiced(last, half: scalar == 0xFF9F)
            {
                scalars[scalars.count - 1] = joined
                continue
            }
            if let piece = table[scalar] {
                scalars += String(decoding: piece, as: UTF8.self).unicodeScalars.map(\.value)
            } else {
                scalars.append(scalar)
            }
        }
        var out = ""
        for scalar in scalars { out.unicodeScalars.append(Unicode.Scalar(scalar) ?? "\u{FFFD}") }
        return Array(out.utf8)
    }

    private static func voiced(_ scalar: UInt32, half: Bool) -> UInt32? {
        switch scalar {
        case 0x30A6 where !half: 0x30F4
        case 0x30AB...0x30C2 where !half && scalar & 1 == 1: scalar + 1
        case 0x30C4...0x30C8 where !half && scalar & 1 == 0: scalar + 1
        case 0x30CF...0x30DB where (scalar - 0x30CF) % 3 == 0: scalar + (half ? 2 : 1)
        case 0x30FD where !half: 0x30FE
        case 0x30EF...0x30F2 where !half: scalar + 8
        default: nil
        }
    }
}
