/// Lower-cases every character by itself, as Java's `Character.toLowerCase` does.
struct LowercaseFilter: TokenFilter {
    var worksInNormalizers: Bool { true }

    func apply(to batch: inout TokenBatch) {
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            let lower = String(decoding: batch.bytes(token), as: UTF8.self).lowercased()
            batch.replace(index, with: lower.utf8)
        }
    }
}
