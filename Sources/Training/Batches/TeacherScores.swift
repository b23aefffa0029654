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
    /// A query's scores do not depend on what else is in the batch.
    func scores(of examples: [TrainingExample], texts: [String]) throws(TrainingError) -> [[Float]] {
        var asked: Set<Candidates> = []
        let missing = examples.map(Candidates.init).filter { known[$0] == nil && asked.insert($0).inserted }
        do throws(TeacherError) {
            let found = try teacher.scores(
                of: missing.map { (texts[Int($0.query)], $0.documents.map { texts[Int($0)] }) })
            for (candidates, scores) in zip(missing, found) {
                guard scores.allSatisfy(\.isFinite) else {
                    throw TeacherError(
                        .model, "it gives scores that are not numbers", advice: "Check the teacher's model or file")
                }
                known[candidates] = scores
            }
        } catch {
            throw TrainingError(
                .teacher, "the teacher \(teacher.name): \(error.reason)", advice: error.advice, path: error.path,
                line: error.line)
        }
        return examples.map { known[Candidates($0)] ?? [] }
    }
}
