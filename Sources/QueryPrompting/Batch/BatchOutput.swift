import JSON
import Relevance

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Reads the answers of batch jobs: those of Amazon Bedrock, of OpenAI, of `vllm run-batch`, and those that a live endpoint gave.
///
/// Every line says which question it answers, so that their order, and the files that they stand in, do not matter.
public enum BatchOutput {
    /// The longest line that is read.
    static let lineLimit = 16 << 20
    /// The most files of a folder.
    static let fileLimit = 10_000
    /// How deep folders may lie in each other.
    private static let depthLimit = 6
    private static let limits = JSONLimits(maximumDepth: 64, maximumBytes: lineLimit)

    /// Reads all answers below a folder: files named `*.jsonl.out` and `*.jsonl`, and `manifest.json.out`.
    ///
    /// - Throws: ``PromptingError/Code/unreadable`` for a file that cannot be read, but not for lines that are no answers: they are counted.
    public static func read(folder: String) throws(PromptingError) -> RecordedAnswers {
        var answers = RecordedAnswers()
        for path in try files(in: folder) {
            if path.hasSuffix("manifest.json.out") {
                try readManifest(path, into: &answers)
            } else {
                try read(path, into: &answers)
            }
        }
        return answers
    }

    /// Reads the answers of one file into others.
    public static func read(_ path: String, into answers: inout RecordedAnswers) throws(PromptingError) {
        do throws(RelevanceError) {
            var reader = try LineReader(path: path, lineLimit: lineLimit)
            while let line = try reader.next() {
                if line.allSatisfy({ $0 == 0x20 || $0 == 0x09 }) { continue }
                answers.lines += 1
                add(line, path, reader.lineNumber, to: &answers)
            }
        } catch {
            throw PromptingError(
                .unreadable, "\(path)\(error.line.map { ", line \($0)" } ?? ""): \(error.reason)",
                advice: "Fetch the outputs of the batch again")
        }
    }

    /// Reads outputs that are in memory.
    ///
    /// - Parameter path: what faults name.
    public static func read(_ lines: [UInt8], named path: String) -> RecordedAnswers {
        var answers = RecordedAnswers()
        for (number, line) in lines.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            answers.lines += 1
            add(line, path, number + 1, to: &answers)
        }
        return answers
    }

    private static func add(
        _ line: ArraySlice<UInt8>, _ path: String, _ number: Int, to answers: inout RecordedAnswers
    ) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: line, limits: limits)
        } catch {
            answers.addFault(path, number, "column \(error.column): \(error.reason)")
            return
        }
        let isAnswer = ["modelOutput", "response", "error"].contains { value[$0] != nil }
        if let id = value["recordId"]?.string, isAnswer {
            answers.add(bedrock(value), for: id)
        } else if let id = value["custom_id"]?.string, isAnswer {
            answers.add(openAI(value), for: id)
        } else if value["modelInput"] != nil || value["body"] != nil {
            answers.addFault(path, number, "this is a question, not an answer")
        } else {
            answers.addFault(path, number, "there is neither a 'recordId' nor a 'custom_id'")
        }
    }

    /// A line of Bedrock: `modelOutput`, or `error` in its place.
    private static func bedrock(_ value: JSONValue) -> RecordedAnswer {
        if let error = value["error"], !error.isNull {
            let code = error["errorCode"].flatMap { $0.string ?? $0.int.map(String.init) }
            return ModelOutput.failure(error, code: code ?? "error")
        }
        guard let body = value["modelOutput"], !body.isNull else {
            return .failure(code: "no_output", message: "the record has neither 'modelOutput' nor 'error'")
        }
        return ModelOutput.answer(body)
    }

    /// A line of OpenAI: a response with a status, or an error; `vllm run-batch` gives both, and an error may be a text.
    private static func openAI(_ value: JSONValue) -> RecordedAnswer {
        let response = value["response"]
        let status = response?["status_code"]?.int ?? 200
        if let error = value["error"], !error.isNull {
            return ModelOutput.failure(error, code: status == 200 ? "error" : "\(status)")
        }
        guard let body = response?["body"] ?? response, !body.isNull else {
            return .failure(code: "no_output", message: "the record has neither 'response' nor 'error'")
        }
        guard status == 200 else { return ModelOutput.failure(body, code: "\(status)") }
        return ModelOutput.answer(body)
    }

    private static func readManifest(_ path: String, into answers: inout RecordedAnswers) throws(PromptingError) {
        do throws(RelevanceError) {
            var reader = try LineReader(path: path, lineLimit: lineLimit)
            while let line = try reader.next() {
                if let manifest = (try? JSONValue(parsing: line, limits: limits)).flatMap(BatchManifest.init) {
                    answers.manifests.append(manifest)
                }
            }
        } catch {
            throw PromptingError(
                .unreadable, "\(path): \(error.reason)", advice: "Fetch the outputs of the batch again")
        }
    }

    /// Paths of all outputs below a folder, in the order of their names; none if there is no folder.
    static func files(in folder: String) throws(PromptingError) -> [String] {
        var paths: [String] = []
        var folders = [(path: folder, depth: 0)]
        while let next = folders.popLast() {
            let names = ((try? FileManager.default.contentsOfDirectory(atPath: next.path)) ?? []).sorted()
            for name in names where !name.hasPrefix(".") {
                let path = next.path + "/" + name
                var isFolder = false
                guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { continue }
                if isFolder {
                    if next.depth < depthLimit { folders.append((path, next.depth + 1)) }
                } else if name.hasSuffix(".jsonl.out") || name.hasSuffix(".jsonl") || name == "manifest.json.out" {
                    paths.append(path)
                }
            }
            guard paths.count + folders.count <= fileLimit else {
                throw PromptingError(
                    .unreadable, "\(folder) holds more than \(fileLimit) files",
                    advice: "Leave only the outputs of the batch there")
            }
        }
        return paths.sorted()
    }
}
