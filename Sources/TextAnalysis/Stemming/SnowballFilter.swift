import CStemmer
import Synchronization

/// Stems by one of libstemmer's algorithms.
///
/// A libstemmer stemmer holds working memory, so each use takes one of its own from a small store and puts it back.
final class SnowballFilter: TokenFilter {
    private let algorithm: String
    private let idle = Mutex<[Stemmer]>([])

    /// The library's object.
    private struct Stemmer: @unchecked Sendable {
        var pointer: OpaquePointer
    }

    /// The algorithm of this name, such as `german`; `nil` if libstemmer has none.
    init?(algorithm: String) {
        self.algorithm = algorithm
        guard let first = sb_stemmer_new(algorithm, "UTF_8") else { return nil }
        let made = Stemmer(pointer: first)
        idle.withLock { $0.append(made) }
    }

    deinit {
        idle.withLock { for stemmer in $0 { sb_stemmer_delete(stemmer.pointer) } }
    }

    func apply(to batch: inout TokenBatch) throws(AnalysisError) {
        guard let own = idle.withLock({ $0.popLast() }) ?? sb_stemmer_new(algorithm, "UTF_8").map(Stemmer.init) else {
            throw AnalysisError("no memory for the stemmer [\(algorithm)]")
        }
        defer { idle.withLock { $0.append(own) } }
        let stemmer = own.pointer
        for index in 0..<batch.tokens.count {
            let token = batch.tokens[index]
            guard !token.isKeyword,
                let word = sb_stemmer_stem(
                    stemmer, batch.arena.base + Int(token.start), Int32(token.length))
            else { continue }
            let length = Int(sb_stemmer_length(stemmer))
            if length <= Int(token.length) {
                (batch.arena.base + Int(token.start)).update(from: word, count: length)
                batch.tokens.base[index].length = Int32(length)
            } else {
                batch.replace(index, with: UnsafeBufferPointer(start: word, count: length))
            }
        }
    }
}
