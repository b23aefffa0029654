import Foundation
import ModelHub
import TestSupport

/// `needletail` in a process of its own, with an environment that holds nothing else.
struct PullCommand {
    struct Result: Sendable {
        let status: Int32
        let output: String
        let errors: String
    }

    private let process = Process()
    private let output: URL
    private let errors: URL

    init(_ arguments: [String], in place: Workplace, environment: [String: String]) throws {
        let name = UUID().uuidString
        output = URL(filePath: "\(place.folder)/\(name).out")
        errors = URL(filePath: "\(place.folder)/\(name).err")
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = URL(filePath: BuiltProgram.path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: place.folder)
        var variables = ["HF_HUB_CACHE": place.settings.cacheFolder, "HOME": place.folder]
        variables["LD_LIBRARY_PATH"] = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
        process.environment = variables.merging(environment) { _, new in new }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
    }

    func start() throws { try process.run() }

    /// As control-C does.
    func interrupt() { process.interrupt() }

    /// Waits without blocking a thread that the server may need.
    func result() async throws -> Result {
        while process.isRunning { try await Task.sleep(for: .milliseconds(5)) }
        let isExit = process.terminationReason == .exit
        return Result(
            status: isExit ? process.terminationStatus : 128 + process.terminationStatus,
            output: String(decoding: try Data(contentsOf: output), as: UTF8.self),
            errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
    }

    static func run(
        _ arguments: [String], in place: Workplace, from server: TestServer? = nil, environment: [String: String] = [:]
    ) async throws -> Result {
        var environment = environment
        if let server { environment["HF_ENDPOINT"] = server.address }
        let command = try PullCommand(arguments, in: place, environment: environment)
        try command.start()
        return try await command.result()
    }
}
