import ArgumentParser
import Settings

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `needletail serve`: models and documents behind HTTP.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract:
            "Serve models over HTTP in the dialects of TEI, Cohere, Jina, Voyage, OpenAI, SageMaker and Metarank, and documents in OpenSearch's.",
        discussion: """
            Every setting can be given in a YAML file, in the environment and as a flag. A flag wins over the environment, the \
            environment over the file, the file over the default. The names of the file stand in brackets below, with the \
            defaults; limits.queue_timeout is NEEDLETAIL_LIMITS_QUEUE_TIMEOUT in the environment. NEEDLETAIL_CONFIG names the \
            file, NEEDLETAIL_SERVE_MODELS models as --model does, separated by commas.

            Models come from the section 'inference:' of the file and from --model. Without any, the cross-encoder that \
            comes along is served. A reference to a model hub (org/name) is fetched unless it lies in the cache; nothing else \
            is ever fetched.

            With --data the server also keeps documents and searches them: the OpenSearch API is served beside the others, and \
            no model is needed. The first start makes a certificate and the user admin, whose password it shows once; \
            NEEDLETAIL_INITIAL_ADMIN_PASSWORD gives another. Requests then need a user's name and password, or an API key. \
            --insecure does without all of it, which a loopback address allows.

            The port is open at once and /livez answers; /readyz says when every model is loaded. SIGTERM and SIGINT end the \
            process when every accepted request has its answer. The exit status is 78 for settings that cannot be used.

            Examples:
              needletail serve
              needletail serve --config needletail.yaml
              needletail serve --model msmarco=./ms-marco-MiniLM-L6-v2 --model e5=./e5-small:dense --port 9090
              needletail serve --config needletail.yaml --check
              needletail serve --data ./data --port 9200
              needletail serve --data ./data --port 9200 --insecure
            """
    )

    @OptionGroup var source: SettingSources

    @Flag(help: "Print the settings that hold, each with where it came from, and end.")
    var printConfig = false

    @Flag(help: "Check the settings and read the models' folders, and end.")
    var check = false

    @Flag(help: "Serve the other models when one cannot be loaded.")
    var keepGoing = false

    func run() async throws {
        let resolved = try source.resolved()
        for warning in resolved.warnings { StandardError.write("needletail: warning: \(warning)\n") }
        if printConfig { return try StandardOutput.print(resolved.listing) }
        let models = try await ServedModels(resolved.settings)
        if check { return try StandardOutput.print(models.checked()) }
        try await ServingProcess(settings: resolved.settings, models: models, keepsGoing: keepGoing).run()
    }
}

/// Where settings come from: what `serve` and `doctor` share.
struct SettingSources: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("The configuration file (YAML).", valueName: "file"),
        completion: .file(extensions: ["yaml", "yml"]))
    var config: String?

    @Option(
        name: .shortAndLong, parsing: .singleValue,
        help: ArgumentHelp(
            "A model to serve, also several times: its name in requests and its folder, name or hub reference. The type "
                + "(cross-encoder, dense, sparse) is found out unless said.", valueName: "name=path[:type]"),
        completion: .file())
    var model: [String] = []

    @OptionGroup(title: "Listening") var listener: ListenerFlags
    @OptionGroup(title: "Documents") var data: DataFlags
    @OptionGroup(title: "Limits") var limits: LimitFlags
    @OptionGroup(title: "Logs") var log: LogFlags
    @OptionGroup(title: "Model hub") var hub: HubFlags

    func validate() throws {
        try refuseEmpty(["--config": config])
    }

    /// The settings that hold.
    func resolved() throws -> ResolvedSettings {
        if let config, !FileManager.default.fileExists(atPath: config) {
            throw CommandFailure(.missingInput, "\(config): there is no such configuration file.")
        }
        return try ResolvedSettings(
            file: config, environment: ProcessInfo.processInfo.environment,
            flags: (listener.given + data.given + limits.given + log.given + hub.given).map {
                (setting: $0.setting, text: $0.text)
            },
            models: model)
    }
}
