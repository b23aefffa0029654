import JSON
import Teachers
import Workflows

/// Has teachers score the documents of each query, and goes on where it was stopped.
struct ScoreWithTeacher: Phase {
    static let name = "TeacherScorer"

    static func record(_ folder: RunFolder) -> String { folder.path + "/training-data/scores.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let settings = context.parameters.distillation
        let teacher = try context.teacher(
            settings.teachers, scale: Float(settings.scale), field: "distillation.teachers")
        var total = 0
        try RunFiles.eachLine(context.folder.negatives) { _, _ in total += 1 }
        let count = total
        let writer = ScoreWriter(
            teacher, isCancelled: context.isStopping,
            onProgress: { progress in
                context.report(
                    TaskProgress("score with \(teacher.name)", done: progress.requests, total: count, unit: "queries"))
            })
        let written: ScoreWriter.Progress
        do throws(TeacherError) {
            written = try writer.write(ScoringRequestReader(path: context.folder.negatives), to: context.folder.scores)
        } catch {
            throw FineTuningError(error, .model, field: "distillation.teachers")
        }
        guard written.isComplete else { throw CancellationError() }
        return [
            "path": .string(context.folder.scores), "teacher": .string(teacher.name),
            "queries": .number(JSONNumber(written.requests)), "pairs": .number(JSONNumber(written.pairs)),
        ]
    }
}
