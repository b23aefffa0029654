/// Phrases by which a query speaks of the document that it was made of, which who searches has never seen.
///
/// They are English; a bare "the document" is none of them, as documents may be what a collection is about.
enum DocumentMentions {
    /// Whether a text has one of the phrases.
    static func isIn(_ words: [String]) -> Bool {
        words.indices.contains { start in phrases.contains { words[start...].starts(with: $0) } }
    }

    private static let phrases: [[String]] = {
        let nouns = ["document", "text", "passage", "article", "excerpt", "paragraph", "snippet"]
        let pointers = ["this", "the given", "the provided", "the above", "the following", "above"]
        let ways = ["according to", "mentioned in", "described in", "discussed in", "stated in", "based on"]
        var phrases = pointers.flatMap { pointer in nouns.map { "\(pointer) \($0)" } }
        phrases += nouns.map { "\($0) above" }
        phrases += ways.flatMap { way in nouns.map { "\(way) the \($0)" } }
        phrases += ["does", "did"].flatMap { verb in (nouns + ["author"]).map { "\(verb) the \($0)" } }
        phrases += ["the passage", "the excerpt", "according to the author"]
        return phrases.map { $0.split(separator: " ").map(String.init) }
    }()
}
