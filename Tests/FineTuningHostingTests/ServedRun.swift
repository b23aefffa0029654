import Foundation
import JSON
import ModelFiles
import TestSupport
import Testing

/// The built server in a process of its own, which finds the models of the fixtures, and its answers.
final class ServedRun {
    private let folder: TemporaryFolder
    private var process = Process()
    private var port = 0

    init(_ folder: TemporaryFolder) { self.folder = folder }

    deinit { kill() }

    struct StartFailure: Error, CustomStringConvertible { let description: String }

    /// Starts it on the data folder, and waits until it answers.
    func start() async throws {
        let log = URL(filePath: folder.path + "/err")
        try Data().write(to: log)
        process = Process()
        process.executableURL = URL(filePath: BuiltProgram.path)
        process.arguments = ["serve", "--data", folder.path + "/data", "--insecure", "--port", "0"]
        process.currentDirectoryURL = URL(filePath: folder.path)
        process.environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder.path, "HF_HUB_OFFLINE": "1", "NEEDLETAIL_LIMITS_THREADS": "1",
            "NEEDLETAIL_MODELS": Fixture.path("encoders/models"),
            "LD_LIBRARY_PATH": ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"] ?? "",
        ]
        process.standardError = try FileHandle(forWritingTo: log)
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        while process.isRunning {
            try await Task.sleep(for: .milliseconds(20))
            let lines = try String(contentsOf: log, encoding: .utf8).split(separator: "\n")
            guard lines.contains(where: { $0.hasPrefix("Ready") }) else { continue }
            let address = lines.last { $0.contains("listening") }?.split(separator: ":").last
            if let found = address.flatMap({ Int($0) }) {
                port = found
                return
            }
        }
        throw StartFailure(description: try String(contentsOf: log, encoding: .utf8))
    }

    /// Ends it with SIGKILL.
    func kill() {
        guard process.isRunning else { return }
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Asks it, and waits for the answer.
    func ask(
        _ method: String, _ path: String, _ body: String = "", type: String = "application/json"
    ) throws -> (status: Int, body: JSONValue) {
        let answer = try LocalConversation.answer(
            port: port,
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: \(type)\r\n"
                + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        return (answer.status, (try? JSONValue(parsing: answer.body)) ?? .null)
    }

    /// Begins a run.
    func begin(_ parameters: JSONValue) throws -> (task: String, run: String) {
        let answer = try ask("POST", "/_plugins/_ml/models/_finetune", parameters.serialized())
        guard let task = answer.body["task_id"]?.string, let run = answer.body["run_id"]?.string else {
            throw StartFailure(description: "\(answer)")
        }
        return (task, run)
    }

    /// Waits until a task is as wanted, or over.
    func task(_ id: String, until isWanted: (JSONValue) -> Bool) async throws -> JSONValue {
        while true {
            let answer = try ask("GET", "/_plugins/_ml/tasks/\(id)")
            try #require(answer.status == 200, "the task '\(id)'")
            let task = answer.body
            let isOver = ["COMPLETED", "FAILED", "CANCELLED"].contains(task["state"]?.string)
            if isOver || isWanted(task) { return task }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Whether a task trains.
    static func trains(_ task: JSONValue) -> Bool {
        task["phases"]?.array?.contains { phase in
            phase["phase"] == "StartTraining" && phase["state"] == "RUNNING" && (phase["done"]?.int ?? 0) > 0
        } ?? false
    }

    /// The SHA-256 of the weights that a run trained; nil if there are none.
    func digest(_ run: String) -> String? {
        let path = folder.path + "/data/finetuning/\(run)/training/model/model.safetensors"
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        var digest = SHA256()
        data.withUnsafeBytes { digest.add($0) }
        return digest.hexadecimal()
    }
}
