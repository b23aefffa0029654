import TestSupport
import Teachers
import Testing

@Suite("Ensembles of teachers")
struct EnsembleTeacherTests {
    private static let pairs: [(query: String, document: String)] = [
        ("a", "1"), ("b", "1"), ("a", "2"), ("b", "2"), ("a", "3"), ("b", "3"),
    ]
    private static func table(_ values: [String: Float]) -> FunctionTeacher {
        FunctionTeacher { query, document in values[query + document]! }
    }
    private static let first = table(["a1": 4, "a2": 2, "a3": 0, "b1": -8, "b2": -6, "b3": -7])
    private static let second = table(["a1": 0.5, "a2": 0.75, "a3": 0.25, "b1": 3, "b2": 3, "b3": 3])

    /// The original's operations, in its order, in float32.
    private static func normalised(_ values: [Float]) -> [Float] {
        values.map { ($0 - values.min()!) / (values.max()! - values.min()! + 1e-6) }
    }

    @Test("Scores are normalised for each query, averaged and scaled")
    func average() throws {
        let scores = try EnsembleTeacher([Self.first, Self.second]).scores(Self.pairs)
        let (a1, a2) = (Self.normalised([4, 2, 0]), Self.normalised([0.5, 0.75, 0.25]))
        let (b1, b2) = (Self.normalised([-8, -6, -7]), Self.normalised([3, 3, 3]))
        let a = zip(a1, a2).map { ($0 + $1) / 2 * 30 }
        let b = zip(b1, b2).map { ($0 + $1) / 2 * 30 }
        #expect(scores == [a[0], b[0], a[1], b[1], a[2], b[2]])
        // By hand: (1 + 0.5) / 2 * 30, and a teacher that gives all the same says nothing.
        #expect(abs(scores[0] - 22.5) < 1e-3)
        #expect(abs(scores[3] - 15) < 1e-3)
        #expect(scores[1] == 0)
    }

    @Test("Weights are shares")
    func weights() throws {
        let plain = try EnsembleTeacher([Self.first, Self.second], weights: [3, 1], scale: 1).scores(Self.pairs)
        #expect(abs(plain[0] - 0.875) < 1e-5)
        let scaled = try EnsembleTeacher([Self.first, Self.second], weights: [1.5, 0.5], scale: 1).scores(Self.pairs)
        #expect(zip(plain, scaled).allSatisfy { abs($0 - $1) < 1e-6 })
        let alone = try EnsembleTeacher([Self.first, Self.second], weights: [1, 0], scale: 30).scores(Self.pairs)
        #expect(alone == (try EnsembleTeacher([Self.first]).scores(Self.pairs)))
    }

    @Test("A query's scores do not depend on other queries of the call")
    func independence() throws {
        let teacher = try EnsembleTeacher([Self.first, Self.second])
        let all = try teacher.scores(Self.pairs)
        let alone = try teacher.scores(Self.pairs.filter { $0.query == "a" })
        #expect(alone == [all[0], all[2], all[4]])
    }

    @Test("Settings that cannot be are refused")
    func refused() {
        let bad: [() throws -> EnsembleTeacher] = [
            { try EnsembleTeacher([]) }, { try EnsembleTeacher([Self.first], weights: [1, 2]) },
            { try EnsembleTeacher([Self.first], weights: [0]) },
            { try EnsembleTeacher([Self.first, Self.second], weights: [2, -1]) },
            { try EnsembleTeacher([Self.first], weights: [.nan]) }, { try EnsembleTeacher([Self.first], scale: 0) },
        ]
        for make in bad { #expect(teacherError { _ = try make() }?.code == .badRequest) }
    }
}
