import JSON
import Testing
import TrainableEncoders
import Training

/// What a run wrote down is read back as it was told.
@Suite struct RunLogTests {
    private let configuration = {
        var configuration = TrainingConfiguration()
        configuration.model = "m"
        configuration.learningRate = 5e-5
        return configuration
    }()

    @Test func everyEventIsReadBack() throws {
        let log = try read(began(0), evaluation(0), step(0), warning, evaluation(1), ended)
        #expect(log.overview?.examples == 320)
        #expect(log.task == .dense)
        #expect(log.settings["learning_rate"]?.double == 5e-5)
        #expect(log.settings["negatives"]?.isNull == true)
        #expect(log.settings.count == TrainingSetting.all.count)
        #expect(log.steps.map(\.step) == [0])
        #expect(log.steps.first?.gradientNorm == 2.5)
        #expect(log.steps.first?.activeEntries == [3.5, 40.5])
        #expect(log.evaluations.map(\.step) == [0, 1])
        #expect(log.evaluations.last?.metrics == ["ndcg@10": 0.75, "mrr@10": 0.5])
        #expect(log.warnings == ["w"])
        #expect(log.result?.best?.metrics["ndcg@10"] == 0.75)
        #expect(log.result?.ending == .stopped)
        #expect(log.result?.model == nil)
    }

    /// What was read is told in the words that it was read from.
    @Test func everyEventIsToldAsItIsRead() throws {
        let log = try read(began(0), evaluation(0), step(0), saved, ended)
        let events: [TrainingEvent] = try [
            .began(#require(log.overview)), .evaluated(#require(log.evaluations.first)),
            .step(#require(log.steps.first)),
            .saved(checkpoint: "c"), .warning("w"), .ended(#require(log.result)),
        ]
        for (event, line) in zip(events, [began(0), evaluation(0), step(0), saved, warning, ended]) {
            #expect(event.json(configuration)?.serialized() == line)
        }
        #expect(TrainingEvent.evaluating(completed: 1, of: 2).json(configuration) == nil)
    }

    @Test func stepsBehindTheCheckpointOfAResumptionAreForgotten() throws {
        let log = try read(
            began(0), step(0), step(1), saved, evaluation(2), step(2), step(3), evaluation(4), began(2),
            step(2, loss: 7.5))
        #expect(log.steps.map(\.step) == [0, 1, 2])
        #expect(log.steps.last?.loss == 7.5)
        #expect(log.evaluations.map(\.step) == [2])
        #expect(log.resumptions == 1)
        #expect(log.checkpoint == "c")
    }

    @Test func aLineThatWasNotWrittenToItsEndIsLeftOut() throws {
        let bytes = bytes([began(0), step(0), step(1)]).dropLast(9)
        #expect(try RunLog(lines: Array(bytes), path: "l").steps.map(\.step) == [0])
    }

    @Test(arguments: [#"{"event":"step"}"#, "{}", "nonsense", #"{"event":"began"}"#, #"{"event":"x"}"#])
    func otherLinesAreNamed(line: String) {
        do throws(TrainingError) {
            _ = try RunLog(lines: bytes([began(0), line]), path: "l")
            Issue.record("was read")
        } catch {
            #expect(error.line == 2)
            #expect(error.code == .badData)
        }
    }

    private func read(_ lines: String...) throws(TrainingError) -> RunLog {
        try RunLog(lines: bytes(lines), path: "l")
    }

    private func bytes(_ lines: [String]) -> [UInt8] { lines.flatMap { Array(($0 + "\n").utf8) } }

    private func began(_ step: Int) -> String {
        let settings = TrainingSetting.all.map { (key: $0.name, value: $0.value(in: configuration)) }
        return
            #"{"event":"began","task":"dense","examples":320,"example_kind":"pairs","loss":"multiple_negatives","parameters":9,"#
            + #""first_step":\#(step),"steps":10,"steps_per_epoch":5,"threads":2,"data_hash":"d","configuration_hash":"c","#
            + #""settings":\#(JSONValue.object(JSONObject(settings)).serialized())}"#
    }

    private func step(_ step: Int, loss: Double = 0.5) -> String {
        #"{"event":"step","step":\#(step),"epoch":0.25,"loss":\#(loss),"learning_rate":0.001,"grad_norm":2.5,"tokens":100,"#
            + #""examples":8,"seconds":0.5,"peak_memory":1048576,"remaining_seconds":4.5,"active":[3.5,40.5]}"#
    }

    private func evaluation(_ step: Int) -> String { #"{"event":"evaluation","# + figures(step).dropFirst() }

    private func figures(_ step: Int) -> String {
        #"{"step":\#(step),"epoch":0.25,"metrics":{"mrr@10":0.5,"ndcg@10":0.75},"queries":4,"seconds":1.5,"best":true}"#
    }

    private let saved = #"{"event":"saved","checkpoint":"c"}"#
    private let warning = #"{"event":"warning","text":"w"}"#

    private var ended: String {
        #"{"event":"ended","ending":"stopped","steps":1,"planned_steps":10,"epochs":0.25,"loss":0.5,"baseline":null,"#
            + #""best":\#(figures(1)),"model":null,"checkpoint":"c","seconds":3.5,"examples":8,"tokens":100,"#
            + #""peak_memory":1048576,"data_size":320,"data_hash":"d"}"#
    }
}
