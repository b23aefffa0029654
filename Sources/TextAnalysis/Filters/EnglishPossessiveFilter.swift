/// Removes `'s` from the end of words (Lucene's `EnglishPossessiveFilter`).
struct EnglishPossessiveFilter: TokenFilter {
    func apply(to batch: inout TokenBatch) {
        let arena = batch.arena.base
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            guard token.length >= 2, arena[Int(token.end) - 1] | 0x20 == UInt8(ascii: "s") else { continue }
            if arena[Int(token.end) - 2] == UInt8(ascii: "'") {
                batch.tokens.base[index].length -= 2
            } else if token.length >= 4 {
                // U+2019 and U+FF07
                let mark = (arena[Int(token.end) - 4], arena[Int(token.end) - 3], arena[Int(token.end) - 2])
                if mark == (0xE2, 0x80, 0x99) || mark == (0xEF, 0xBC, 0x87) { batch.tokens.base[index].length -= 4 }
            }
        }
    }
}
