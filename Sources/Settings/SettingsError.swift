/// Something that is wrong with settings.
public struct SettingProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where it is: `needletail.yaml, line 4`, `NEEDLETAIL_API_PORT`, `--port`.
    public let place: String
    /// What is wrong and what to do.
    public let message: String

    /// A problem.
    public init(place: String, message: String) {
        self.place = place
        self.message = message
    }

    /// The place and the message.
    public var description: String { place.isEmpty ? message : "\(place): \(message)" }
}

/// Settings that cannot be used, with everything that is wrong with them.
public struct SettingsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong, in the order in which it was found; at least one.
    public let problems: [SettingProblem]

    /// An error.
    public init(_ problems: [SettingProblem]) {
        self.problems = problems
    }

    /// The problems, one a line.
    public var description: String { problems.map(\.description).joined(separator: "\n") }
}
