import Foundation
import TestSupport

/// The built executable, run as a user runs it: other process, real pipes.
struct Program {
    struct Result {
        let status: Int32
        let output: String
        let errors: String

        /// The lines of standard output.
        var lines: [Substring] { output.split(separator: "\n") }
    }

    /// The executable.
    static var path: String { BuiltProgram.path }

    /// Runs the program to its end.
    ///
    /// The environment holds nothing but PATH, COLUMNS=80 and what `environment` adds, so that no setting of the person who
    /// runs the tests can change a result.
    static func run(
        _ arguments: [String], input: String = "", environment: [String: String] = [:], in folder: String? = nil
    ) throws -> Result {
        try start(path, arguments, input: Data(input.utf8), environment: environment, in: folder)
    }

    /// Runs the program on bytes that need not be text.
    static func run(_ arguments: [String], bytes: [UInt8]) throws -> Result {
        try start(path, arguments, input: Data(bytes), environment: [:], in: nil)
    }

    /// Runs a line of shell in which `$NEEDLETAIL` is the program.
    static func shell(
        _ line: String, environment: [String: String] = [:], in folder: String? = nil
    ) throws -> Result {
        let added = environment.merging(["NEEDLETAIL": path]) { old, _ in old }
        return try start("/bin/bash", ["-c", line], input: Data(), environment: added, in: folder)
    }

    private static func start(
        _ executable: String, _ arguments: [String], input: Data, environment: [String: String], in folder: String?
    ) throws -> Result {
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: folder ?? Fixture.repositoryRoot)
        var variables = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "COLUMNS": "80"]
        // The Swift runtime may lie where only this says.
        variables["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        process.environment = variables.merging(environment) { _, new in new }
        // Files instead of pipes: neither side can block the other.
        let scratch = FileManager.default.temporaryDirectory.appending(path: "needletail-cli-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        let files = try ["in", "out", "err"].map { name in
            let file = scratch.appending(path: name)
            try (name == "in" ? input : Data()).write(to: file)
            return file
        }
        process.standardInput = try FileHandle(forReadingFrom: files[0])
        process.standardOutput = try FileHandle(forWritingTo: files[1])
        process.standardError = try FileHandle(forWritingTo: files[2])
        try process.run()
        process.waitUntilExit()
        return Result(
            status: process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: try Data(contentsOf: files[1]), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: files[2]), as: UTF8.self))
    }
}
