import Inference
import Serving

/// The settings that hold, and where each came from.
///
/// A flag wins over the environment, the environment over the file, the file over the default. Models are put together: those of
/// the file first, then those of the environment and of flags; a later one replaces an earlier one of the same name.
public struct ResolvedSettings: Sendable {
    /// Where a value came from.
    public enum Origin: Sendable, Hashable, CustomStringConvertible {
        /// Nobody said anything.
        case defaults
        /// A line of the configuration file.
        case file(path: String, line: Int)
        /// A variable of the environment.
        case environment(String)
        /// A flag.
        case flag(String)

        /// The place as messages name it.
        public var description: String {
            switch self {
            case .defaults: "default"
            case .file(let path, let line): "\(path), line \(line)"
            case .environment(let name): name
            case .flag(let name): name
            }
        }
    }

    /// A flag that was given, by the name of its setting.
    public typealias GivenFlag = (setting: String, text: String)

    /// The variable that names models as `--model` does, separated by commas.
    public static let modelsVariable = "NEEDLETAIL_SERVE_MODELS"
    /// The variable that names the configuration file when no flag does.
    public static let fileVariable = "NEEDLETAIL_CONFIG"

    /// The values.
    public private(set) var settings = ProgramSettings()
    /// The path of the configuration file; nil if there is none.
    public let file: String?
    /// What is odd about the settings and keeps nobody from using them.
    public private(set) var warnings: [SettingProblem] = []
    private var origins: [String: Origin] = [:]
    private var problems: [SettingProblem] = []

    /// Puts the sources together.
    ///
    /// - Parameters:
    ///   - file: The path of a configuration file; nil means the one that the environment names, or none.
    ///   - environment: All variables.
    ///   - flags: The flags that were given; those of a setting that take several values come once with commas.
    ///   - models: The texts of the `--model` flags.
    /// - Throws: Everything that is wrong with the settings.
    public init(
        file: String? = nil, environment: [String: String] = [:], flags: [GivenFlag] = [], models: [String] = []
    ) throws(SettingsError) {
        self.file = file ?? environment[Self.fileVariable].flatMap { $0.isEmpty ? nil : $0 }
        if let path = self.file {
            let read = FileSettings(path: path, over: settings)
            settings = read.settings
            problems = read.problems
            for (name, line) in read.lines { origins[name] = .file(path: path, line: line) }
        }
        readEnvironment(environment)
        for flag in flags {
            guard let definition = SettingTable.named(flag.setting) else { preconditionFailure(flag.setting) }
            put(flag.text, definition, .flag(definition.flag))
        }
        for text in models { addModel(text, place: "--model") }
        checkModels()
        if let path = settings.apiKeysPath {
            do throws(SettingsError) {
                settings.server.apiKeys += try APIKeysFile.keys(at: path)
            } catch {
                problems += error.problems
            }
        }
        checkTogether()
        if !problems.isEmpty { throw SettingsError(problems) }
    }

    /// Where the value of a setting came from.
    public func origin(of setting: String) -> Origin { origins[setting] ?? .defaults }

    // MARK: Sources

    private mutating func readEnvironment(_ environment: [String: String]) {
        for definition in SettingTable.all {
            // Empty means unset: that is how container files take a variable back.
            guard let text = environment[definition.environment], !text.isEmpty else { continue }
            put(text, definition, .environment(definition.environment))
        }
        for text in (environment[Self.modelsVariable] ?? "").split(separator: ",") {
            addModel(String(text.trimmingSpaces()), place: Self.modelsVariable)
        }
        let known = Set(SettingTable.all.map(\.environment))
        let prefixes = SettingTable.sections.map { "NEEDLETAIL_" + $0.uppercased() + "_" }
        for name in environment.keys.sorted()
        where !known.contains(name) && prefixes.contains(where: { name.hasPrefix($0) }) {
            warnings.append(
                SettingProblem(
                    place: name, message: "no setting has this variable" + Spelling.hint(for: name, among: known)))
        }
    }

    private mutating func put(_ text: String, _ definition: SettingDefinition, _ origin: Origin) {
        guard let value = definition.type.value(of: text) else {
            let shown = definition.isSecret ? "what it says" : "'\(text.prefix(80))'"
            problems.append(
                SettingProblem(
                    place: origin.description,
                    message: "\(definition.name) must be \(definition.type.wanted), not \(shown)"))
            return
        }
        definition.put(value, into: &settings)
        origins[definition.name] = origin
    }

    private mutating func addModel(_ text: String, place: String) {
        guard let model = ModelFlag.model(text, place: place) else {
            problems.append(
                SettingProblem(
                    place: place,
                    message: "a model is NAME=PATH or NAME=PATH:TYPE with a type of "
                        + ModelKey.kinds.map(\.key).joined(separator: ", ") + ", not '\(text)'"))
            return
        }
        if let index = settings.models.firstIndex(where: { $0.name == model.name }) {
            settings.models[index] = model
        } else {
            settings.models.append(model)
        }
    }

    // MARK: Sense

    private mutating func checkModels() {
        var owners: [String: String] = [:]
        for model in settings.models {
            for name in [model.name] + model.aliases {
                if name.isEmpty || name.utf8.count > 200 || name.unicodeScalars.contains(where: { $0.value <= 0x20 }) {
                    problems.append(
                        SettingProblem(
                            place: model.place,
                            message: "the name '\(name.prefix(80))' cannot be used: 1 to 200 bytes without spaces"))
                } else if let owner = owners.updateValue(model.name, forKey: name) {
                    problems.append(
                        SettingProblem(
                            place: model.place,
                            message:
                                "the name '\(name)' is taken by model '\(owner)'; every name and alias is there once"))
                }
            }
        }
    }

    /// Settings that are right by themselves and wrong together.
    private mutating func checkTogether() {
        let server = settings.server
        if (server.certificatePath == nil) != (server.keyPath == nil) {
            let (given, missing) =
                server.keyPath == nil ? ("api.tls_certificate", "api.tls_key") : ("api.tls_key", "api.tls_certificate")
            problems.append(
                SettingProblem(
                    place: origin(of: given).description,
                    message: "\(given) needs \(missing) beside it; set both or neither"))
        }
        if settings.tls == .off, server.certificatePath != nil {
            problems.append(
                SettingProblem(
                    place: origin(of: "api.tls").description,
                    message: "api.tls is off, and api.tls_certificate names a certificate; take one of them away"))
        }
        if settings.tls == .on, server.certificatePath == nil, settings.dataPath == nil {
            problems.append(
                SettingProblem(
                    place: origin(of: "api.tls").description,
                    message:
                        "api.tls is on, and there is neither api.tls_certificate nor data.path, where the server would keep a "
                        + "certificate of its own"))
        }
        if server.apiKeys.contains(where: { !APIKeysFile.isUsable($0) }) {
            problems.append(
                SettingProblem(
                    place: origin(of: "api.keys").description,
                    message: "an API key is visible ASCII characters without spaces"))
        }
        let engine = settings.inference
        if engine.maximumRequestTokens > engine.maximumWaitingTokens {
            warnings.append(
                SettingProblem(
                    place: "",
                    message:
                        "limits.max_request_tokens (\(engine.maximumRequestTokens)) is above limits.max_waiting_tokens "
                        + "(\(engine.maximumWaitingTokens)): requests between the two are answered only when they are alone"
                ))
        }
    }
}
