import JSON
import Training

/// The log of a run that was not run: curves as training makes them.
enum RecordedRun {
    static func log(
        steps: Int = 300, of planned: Int = 400, task: String = "dense", model: String = "models/all-MiniLM-L6-v2",
        active: Bool = false,
        ended: Bool = false
    ) throws -> RunLog {
        var log = RunLog()
        for line in try lines(steps, planned, task, model, active, ended) {
            guard log.add(try JSONValue(parsing: line)) else { throw TrainingError(.badData, line, advice: "") }
        }
        return log
    }

    private static func lines(
        _ steps: Int, _ planned: Int, _ task: String, _ model: String, _ active: Bool, _ ended: Bool
    ) throws -> [String] {
        var configuration = TrainingConfiguration()
        configuration.model = model
        configuration.trainingData = "Examples/packages"
        configuration.evaluationData = "Examples/packages"
        configuration.learningRate = 5e-5
        let settings = TrainingSetting.all.map { (key: $0.name, value: $0.value(in: configuration)) }
        var lines = [
            #"{"event":"began","task":"\#(task)","examples":12610,"example_kind":"pairs","loss":"multiple_negatives","#
                + #""parameters":22713216,"first_step":0,"steps":\#(planned),"steps_per_epoch":150,"threads":2,"data_hash":"9f2c","#
                + #""configuration_hash":"41ab","settings":\#(JSONValue.object(JSONObject(settings)).serialized())}"#,
            evaluation(0, 0.7953, isBest: false),
        ]
        var noise: UInt64 = 7
        func random() -> Double {
            noise = noise &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(noise >> 40) / Double(1 << 24)
        }
        for step in 0..<steps {
            let share = Double(step) / Double(planned)
            let rate = share < 0.1 ? share / 0.1 : (1 - share) / 0.9
            let loss = 0.04 + 0.12 / (1 + 20 * share) * (0.3 + 1.4 * random())
            let norm = (step == 57 ? 40 : 2) + 3 * random()
            lines.append(
                #"{"event":"step","step":\#(step),"epoch":\#(Double(step + 1) / 150),"loss":\#(loss),"learning_rate":\#(5e-5 * rate),"#
                    + #""grad_norm":\#(norm),"tokens":\#(2900 + Int(300 * random())),"examples":32,"seconds":\#(1.6 + 0.3 * random()),"#
                    + #""peak_memory":\#(1_240_000_000),"remaining_seconds":\#(Double(planned - step) * 1.75)"#
                    + (active ? #","active":[\#(20 + 4 * random()),\#(300 * (1 - share) + 30 * random())]}"# : "}"))
            if step % 40 == 39 {
                lines.append(
                    evaluation(
                        step + 1, 0.7953 + 0.055 * min(1, 2.2 * share) - 0.01 * max(0, share - 0.5), isBest: share < 0.5
                    ))
            }
        }
        lines.append(#"{"event":"saved","checkpoint":"out/checkpoint-\#(steps)"}"#)
        if ended {
            lines.append(
                #"{"event":"ended","ending":"complete","steps":\#(steps),"planned_steps":\#(planned),"epochs":2.66,"loss":0.05,"#
                    + #""baseline":null,"best":null,"model":"out/model","checkpoint":"out/checkpoint-\#(steps)","seconds":812.5,"examples":9600,"#
                    + #""tokens":915000,"peak_memory":1240000000,"data_size":12610,"data_hash":"9f2c"}"#)
        }
        return lines
    }

    private static func evaluation(_ step: Int, _ value: Double, isBest: Bool) -> String {
        #"{"event":"evaluation","step":\#(step),"epoch":\#(Double(step) / 150),"metrics":{"mrr@10":\#(value - 0.031),"ndcg@10":\#(value),"#
            + #""recall@100":\#(0.97 + value / 100)},"queries":923,"seconds":41.5,"best":\#(isBest)}"#
    }
}
