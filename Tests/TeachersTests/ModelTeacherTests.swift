import Encoders
import JSON
import Teachers
import TestSupport
import Testing

@Suite("Models as teachers")
struct ModelTeacherTests {
    /// Two queries, crossed with three documents; texts repeat.
    static let pairs: [(query: String, document: String)] = ["text editor", "play music"].flatMap { query in
        [
            "a fast text editor for programmers", "plays music from the command line", "",
            "a fast text editor for programmers",
        ]
        .map { (query, $0) }
    }

    private func model(_ name: String) -> String { Fixture.path("encoders/models/" + name) }

    @Test("A cross-encoder teaches its logits, whatever its activation", arguments: ["bert-cross", "distilbert-cross"])
    func crossEncoder(_ name: String) throws {
        let encoder = try CrossEncoder(path: model(name))
        let teacher = try CrossEncoderTeacher(path: model(name))
        let expected = try encoder.score(Self.pairs.map { TextPair($0.query, $0.document) })
        #expect(try teacher.scores(Self.pairs) == expected.map { $0.logits[0] })
        #expect(encoder.activation == (name == "bert-cross" ? .identity : .sigmoid))
        #expect(teacher.name == "cross-encoder \(name)")
        #expect(try teacher.scores([]) == [])
    }

    @Test("A classifier with several labels is no teacher")
    func labels() throws {
        let error = teacherError { _ = try CrossEncoderTeacher(path: model("bert-cross-labels")) }
        #expect(error?.code == .badRequest)
        #expect(error?.reason.contains("bert-cross-labels") == true)
    }

    @Test("A model that is not there is an error that names it", arguments: ["nowhere", "bert-dense"])
    func noModel(_ name: String) throws {
        let error = teacherError { _ = try CrossEncoderTeacher(path: model(name)) }
        #expect(error?.code == .model)
        #expect(error?.description.contains(name) == true)
        // Path and advice stand in the sentence once.
        #expect(error.map { $0.description.components(of: $0.advice) } == 1)
        #expect(error.flatMap { error in error.path.map { error.description.components(of: $0) } } == 1)
    }

    @Test("A dense encoder teaches cosines or dot products", arguments: [Similarity.cosine, .dot])
    func dense(_ similarity: Similarity) throws {
        let encoder = try DenseEncoder(path: model("bert-dense"))
        let teacher = DenseTeacher(encoder, name: "bert-dense", similarity: similarity)
        let expected = try Self.pairs.map { pair in
            similarity(
                try encoder.embed([pair.query], prompt: .query)[0],
                try encoder.embed([pair.document], prompt: .document)[0])
        }
        #expect(try teacher.scores(Self.pairs) == expected)
        #expect(teacher.name == "dense bert-dense (\(similarity.rawValue))")
        #expect(Set(expected).count > 3)
    }

    @Test(
        "A sparse encoder teaches dot products, of queries by their table where it has one",
        arguments: ["bert-splade", "bert-router"])
    func sparse(_ name: String) throws {
        let encoder = try SparseEncoder(path: model(name))
        let teacher = try SparseTeacher(path: model(name))
        let expected = try Self.pairs.map { pair in
            try encoder.encode([pair.query], as: .query)[0].dot(try encoder.encode([pair.document], as: .document)[0])
        }
        #expect(try teacher.scores(Self.pairs) == expected)
        #expect(Set(expected).count > 3)
    }
}

extension String {
    /// How often a text occurs in this one.
    fileprivate func components(of part: String) -> Int {
        var (count, rest) = (0, self[...])
        while let place = rest.firstRange(of: part) {
            count += 1
            rest = rest[place.upperBound...]
        }
        return count
    }
}
