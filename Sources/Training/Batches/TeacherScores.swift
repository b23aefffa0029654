import Teachers

/// The scores of a teacher, asked for once an example.
final class TeacherScores {
    private let teacher: any Teacher
    private var known: [Candidates: [Float]] = [:]

    private struct Candidates: Hashable {
        let query: Int32
        let documents: [Int32]

        init(_ example: TrainingExample) {
            query = example.query
            documents = example.documents
        }
    }

    init(_ teacher: any Teacher) { self.teacher = teacher }

    /// One score for each document of each example.
    ///
    /// Some teachers set the scores of a query's documents against each other, so a query is in one call with the documents of one
    /// example: its scores do not depend on what else is in the batch.
    func scores(of examples: [TrainingExample], texts: [String]) throws(TrainingError) -> [[Float]] {
        var missing = examples.filter { known[Candidates($0)] == nil }
        while !missing.isEmpty {
            var asked: Set<Int32> = []
            let call = missing.filter { asked.insert($0.query).inserted }
            try ask(call, texts)
            missing.removeAll { known[Candidates($0)] != nil }
        }
        return examples.map { known[Candidates($0)] ?? [] }
    }

    private func ask(_ examples: [TrainingExample], _ texts: [String]) throws(TrainingError) {
        let pairs = examples.flatMap { example in
            example.documents.map { (query: texts[Int(example.query)], document: texts[Int($0)]) }
        }
        let found: [Float]
        do throws(TeacherError) {
            found = try teacher.scores(pairs)
        } catch {
            throw TrainingError(
                .teacher, "the teacher \(teacher.name): \(error.reason)", advice: error.advice, path: error.path,
                line: error.line)
        }
        guard found.count == pairs.count, found.allSatisfy(\.isFinite) else {
            throw TrainingError(
                .teacher, "the teacher \(teacher.name) gives scores that are not numbers",
                advice: "Check the teacher's model or file")
        }
        var next = 0
        for example in examples {
            known[Candidates(example)] = Array(found[next..<next + example.documents.count])
            next += example.documents.count
        }
    }
}
