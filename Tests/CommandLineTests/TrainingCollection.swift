import Foundation
import TestSupport

/// A small collection to train on, and a run with the smallest model there is.
final class TrainingCollection {
    let path: String
    /// The folder of the run.
    var output: String { path + "/run" }

    init() throws {
        path =
            FileManager.default.temporaryDirectory.path(percentEncoded: false) + "needletail-train-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path + "/qrels", withIntermediateDirectories: true)
        let words = ["tea", "leaf", "drink", "hot", "mug", "vessel", "board", "game", "play", "text", "query", "paper"]
        var corpus = ""
        var queries = ""
        var judgements = "query-id\tcorpus-id\tscore\n"
        for number in 0..<24 {
            let (a, b) = (words[number % 12], words[(number * 5 + 1 + number / 12) % 12])
            corpus += #"{"_id":"d\#(number)","title":"\#(a)","text":"the \#(b) of number \#(number)"}"# + "\n"
            queries += #"{"_id":"q\#(number)","text":"\#(a) \#(b)"}"# + "\n"
            judgements += "q\(number)\td\(number)\t1\n"
        }
        for (name, text) in [
            "corpus.jsonl": corpus, "queries.jsonl": queries, "qrels/train.tsv": judgements,
            "qrels/dev.tsv": judgements,
        ] { try write(text, to: name) }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path + "/" + name))
    }

    /// The arguments of a run of some steps that saves now and then.
    func arguments(steps: Int, saveEvery: Int, output: String? = nil) -> [String] {
        [
            "train", "dense", "--model", Fixture.path("encoders/models/bert-dense"), "--train", path, "--output",
            output ?? self.output, "--batch-size", "4", "--max-steps", "\(steps)", "--save-every", "\(saveEvery)",
            "--threads", "1", "--learning-rate", "1e-3", "--seed", "7",
        ]
    }

    /// The weights of the trained model.
    func weights(_ output: String? = nil) throws -> Data {
        try Data(contentsOf: URL(filePath: (output ?? self.output) + "/model/model.safetensors"))
    }

    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path + "/" + name) }
}
