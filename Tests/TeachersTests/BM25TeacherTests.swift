import Teachers
import Testing

@Suite("Words as teacher")
struct BM25TeacherTests {
    private static let documents = ["a fox", "a quick fox and a fox", "a dog"]

    /// idf = ln(1 + (N - n + 0.5) / (n + 0.5)); tf = f / (f + 1.2 (0.25 + 0.75 dl / avgdl)).
    private static func score(idf: Double, frequency: Double, length: Double) -> Float {
        Float(idf * frequency / (frequency + 1.2 * (0.25 + 0.75 * length / (10.0 / 3))))
    }

    @Test("Scores are Lucene's BM25, also of documents that the collection does not have")
    func formula() throws {
        let teacher = try BM25Teacher(documents: Self.documents)
        let scores = try teacher.scores([
            ("fox quick fox", "a dog"), ("fox quick fox", "a quick fox and a fox"), ("Fox", "the fox"),
            ("unknown words", "unknown words"), ("", "a fox"), ("fox", ""),
        ])
        // ln(1 + 1.5 / 2.5) and ln(1 + 2.5 / 1.5).
        let (fox, quick) = (0.47000362924573563, 0.9808292530117262)
        let expected: [Float] = [
            0, 2 * Self.score(idf: fox, frequency: 2, length: 6) + Self.score(idf: quick, frequency: 1, length: 6),
            Self.score(idf: fox, frequency: 1, length: 2), 0, 0, 0,
        ]
        #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-6 })
        #expect(teacher.name == "bm25 (standard, 3 documents)")
    }

    @Test("An analyser makes words alike")
    func analyzer() throws {
        let pairs = [(query: "foxes", document: "a fox")]
        #expect(try BM25Teacher(documents: Self.documents).scores(pairs) == [0])
        #expect(try BM25Teacher(documents: Self.documents, analyzer: "english").scores(pairs)[0] > 0)
    }

    @Test("An unknown analyser, and no documents")
    func refused() {
        #expect(teacherError { _ = try BM25Teacher(documents: ["a"], analyzer: "klingon") }?.code == .badRequest)
        #expect(teacherError { _ = try BM25Teacher(documents: [String]()) }?.code == .badRequest)
    }
}
