import Losses
import TestSupport
import Testing
import TrainableEncoders
import Training

@Suite struct PreparedExamplesTests {
    private func prepare(
        _ text: String, _ loss: String, _ task: TrainingTask = .dense, negatives: Int? = nil, teacher: Bool = false
    ) throws -> PreparedExamples {
        try TemporaryFolder.with { folder in
            try folder.write(text, to: "data.jsonl")
            let data = try TrainingData(file: folder.path + "/data.jsonl")
            var configuration = TrainingConfiguration()
            configuration.task = task
            configuration.loss = loss
            let chosen = try ChosenLoss(configuration, data.kind, hasTeacher: teacher)
            return try PreparedExamples(data, for: chosen.loss, task: task, negatives: negatives, hasTeacher: teacher)
        }
    }

    private func fault(_ text: String, _ loss: String, _ task: TrainingTask = .dense, negatives: Int? = nil)
        -> TrainingError?
    { TrainingFixture.fault { _ = try prepare(text, loss, task, negatives: negatives) } }

    private let pairs = "{\"query\": \"a\", \"positive\": \"b\"}\n{\"query\": \"c\", \"positive\": \"d\"}\n"
    private let tuples =
        "{\"query\": \"a\", \"pos\": \"b\", \"neg\": [\"c\", \"d\"]}\n{\"query\": \"e\", \"pos\": \"f\", \"neg\": [\"g\"]}\n"
    private let labelled =
        "{\"query\": \"a\", \"document\": \"b\", \"label\": 1}\n{\"query\": \"c\", \"document\": \"d\", \"label\": 0}\n"
    private let lists = "{\"query\": \"a\", \"docs\": [\"b\", \"c\"], \"scores\": [3, 1]}\n"

    @Test func rankingTakesPairsAndAsManyNegativesAsAllHave() throws {
        #expect(try prepare(pairs, "mnrl").examples.map(\.documents.count) == [1, 1])
        let cut = try prepare(tuples, "mnrl")
        #expect(cut.examples.map(\.documents.count) == [2, 2])
        #expect(cut.warnings.count == 1)
        #expect(try prepare(tuples, "mnrl", negatives: 0).examples.map(\.documents.count) == [1, 1])
        let few = fault(tuples, "mnrl", negatives: 2)
        #expect(few?.line == 2)
        #expect(few?.reason == "there are 1 negatives, and 2 were asked for")
        #expect(fault(labelled, "mnrl")?.reason.contains("labelled pairs") == true)
    }

    @Test func labelsAreTakenOrFollowFromWhatIsRelevant() throws {
        #expect(try prepare(labelled, "cosent").examples.map(\.labels) == [[1], [0]])
        let expanded = try prepare(tuples, "contrastive")
        #expect(expanded.examples.map(\.labels) == [[1], [0], [0], [1], [0]])
        #expect(try prepare(tuples, "bce", .crossEncoder).examples.map(\.labels) == [[1, 0, 0], [1, 0]])
        #expect(fault(pairs, "bce", .crossEncoder)?.reason.contains("all labels are the same (1.0)") == true)
        #expect(
            fault(labelled.replacing("0}", with: "1}"), "cosent")?.reason.contains("all labels are the same") == true)
    }

    @Test func scoresComeFromTheDataOrTheTeacher() throws {
        #expect(try prepare(lists, "kl").examples.map(\.labels) == [[3, 1]])
        let none = fault(tuples, "margin-mse")
        #expect(none?.line == 1)
        #expect(none?.advice.contains("teacher") == true)
        let taught = try prepare(tuples, "margin-mse", teacher: true)
        #expect(taught.examples.map(\.documents.count) == [2, 2])
        guard case .teacher = taught.labels else {
            Issue.record("labels are not the teacher's")
            return
        }
        let margins = "{\"query\": \"a\", \"pos\": \"b\", \"neg\": [\"c\", \"d\"], \"label\": [2, 3]}\n"
        #expect(try prepare(margins, "margin-mse", negatives: 1).examples.map(\.labels) == [[2]])
    }

    @Test func marginsAndScoresOfOneFileBecomeMargins() throws {
        let mixed = """
            {"query": "a", "positive": "b", "negative": "c", "label": 1.5}
            {"query": "d", "positive": "e", "negative": "f", "scores": [3, 1]}
            """
        #expect(try prepare(mixed, "margin-mse").examples.map(\.labels) == [[1.5], [2]])
        let some = tuples.replacing("\"neg\": [\"g\"]", with: "\"neg\": [\"g\"], \"scores\": [1, 0]")
        #expect(fault(some, "bce", .crossEncoder)?.line == 1)
    }

    @Test func labelledPairsOfAQueryAreAListForLossesThatRank() throws {
        let lines = ["b 1", "c 0", "d 2"].map { line in
            let parts = line.split(separator: " ")
            return "{\"query\": \"a\", \"document\": \"\(parts[0])\", \"score\": \(parts[1])}\n"
        }
        let list = try prepare(lines.joined(), "listnet", .crossEncoder)
        #expect(list.examples.map(\.labels) == [[1, 0, 2]])
        #expect(list.examples.map(\.documents.count) == [3])
        #expect(fault(labelled, "lambda", .crossEncoder)?.reason.contains("no query has two documents") == true)
    }

    @Test func aNegativeThatIsThePositiveIsLeftOut() throws {
        let copy =
            "{\"query\": \"a\", \"pos\": \"b\", \"neg\": [\"b\", \"c\"], \"pos_scores\": [3], \"neg_scores\": [2, 1]}\n"
        let prepared = try prepare(copy, "margin-mse")
        #expect(prepared.examples.map(\.documents.count) == [2])
        #expect(prepared.examples.map(\.labels) == [[3, 1]])
        #expect(prepared.warnings.count == 1)
    }

    @Test func scoresOfMinedTuplesAreNotLearnedUnlessAskedFor() throws {
        var configuration = TrainingConfiguration()
        #expect(try ChosenLoss(configuration, .tuples, hasTeacher: false).kind.name == "mnrl")
        #expect(try ChosenLoss(configuration, .tuples, hasTeacher: true).kind.name == "margin-mse")
        configuration.task = .crossEncoder
        #expect(try ChosenLoss(configuration, .tuples, hasTeacher: false).kind.name == "bce")
    }

    @Test func unknownLossesAndParametersAreSettingsAtFault() {
        #expect(fault(pairs, "hinge")?.setting == "loss")
        #expect(fault(pairs, "bce")?.reason.contains("no such loss for dense") == true)
    }
}
