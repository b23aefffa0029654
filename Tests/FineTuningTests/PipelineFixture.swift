import FineTuning
import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing
import Workflows

/// Small runs of the whole pipeline: random documents, a tiny model, few steps.
enum PipelineFixture {
    static let words = [
        "archive", "reader", "music", "player", "text", "editor", "fast", "library", "colour", "network", "disk",
        "game",
        "image", "viewer", "compiler", "shell", "mail", "server", "font", "clock", "window", "printer", "driver",
        "terminal", "browser", "kernel", "package", "system", "video", "sound",
    ]

    /// The text of a document that has no title.
    static func text(_ number: Int) -> String {
        var generator = SeededGenerator(seed: UInt64(1_000 + number))
        let sentences = (0..<3).map { _ in
            (0..<9).map { _ in words.randomElement(using: &generator)! }.joined(separator: " ")
        }
        return sentences.joined(separator: ". ")
    }

    /// JSON lines of documents with titles; some texts occur twice.
    static func corpus(_ count: Int) -> String {
        var generator = SeededGenerator(seed: 11)
        var lines = ""
        var last = ""
        for number in 0..<count {
            let sentence = { (0..<9).map { _ in words.randomElement(using: &generator)! }.joined(separator: " ") }
            let text = number % 17 == 16 ? last : "\(sentence()). \(sentence()). \(sentence())."
            last = text
            lines +=
                "{\"id\": \"d\(number)\", \"title\": \"\(words[number % words.count]) n\(number)\", \"text\": \"\(text)\"}\n"
        }
        return lines
    }

    /// Parameters of a run over `corpus.jsonl` of a folder.
    static func parameters(_ folder: TemporaryFolder, _ more: String = "", base: String = "bert-dense") -> String {
        """
        corpus_path: \(folder.path)/corpus.jsonl
        model_name: tiny
        base_model_id: \(Fixture.path("encoders/models/\(base)"))
        threads: 1
        evaluation: {share: 0.2, dev_queries: 6, dev_documents: 30}
        gate: {minimum_queries: 5, override: true}
        training: {max_steps: 6, batch_size: 4, learning_rate: 0.001}
        \(more)
        """
    }

    /// Runs the driver to its end.
    ///
    /// - Returns: all its lines.
    static func run(_ folder: TemporaryFolder, _ name: String) throws -> [String] {
        let driver = try StoreDriver(
            [folder.path + "/" + name, folder.path + "/p.yaml"], program: "FineTuningDriver")
        var lines: [String] = []
        while let line = driver.readLine() { lines.append(line) }
        driver.wait()
        return lines
    }

    /// What must be the same however often a run was interrupted, with digests.
    static func results(_ folder: String) throws -> [String: String] {
        let files = [
            "raw-corpus/documents.jsonl", "training-data/queries.jsonl", "training-data/training_data.jsonl",
            "training-data/reserved.jsonl", "training-data/negatives.jsonl", "training-data/scores.jsonl",
            "training/model/model.safetensors", "evaluation/results.json", "evaluation/queries.jsonl",
            "model-artifacts/model/model.safetensors", "model-artifacts/opensearch/tiny.zip",
        ]
        var results: [String: String] = [:]
        for file in files {
            guard let data = FileManager.default.contents(atPath: folder + "/" + file) else { continue }
            var digest = SHA256()
            data.withUnsafeBytes { digest.add($0) }
            results[file] = digest.hexadecimal()
        }
        return results
    }

    /// The objects of a file of JSON lines.
    static func lines(_ path: String) throws -> [JSONValue] {
        let text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
        return try text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
}
