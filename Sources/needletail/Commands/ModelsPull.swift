import ArgumentParser
import JSON
import ModelHub

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// `needletail models pull`: brings models to this machine.
struct ModelsPull: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Fetch models from the Hugging Face hub or from OpenSearch, and print where they are.",
        discussion: """
            A reference is org/name of the hub, with @revision if wanted; the address of a .zip; or the name of a pretrained \
            model of OpenSearch, with @version and :onnx or :torch_script if wanted. Only the files that the model needs are \
            fetched: configuration, tokenizer, and the weights in one format.

            Models of the hub go to the cache that huggingface_hub for Python uses, and what that has fetched is used. What \
            is there already is not fetched again; a fetch that was stopped goes on where it was. All commands, and the \
            server, then take the reference as the name of a model, without network.

            Environment: HF_HUB_CACHE, HF_HOME (cache), HF_ENDPOINT (mirror), HF_HUB_OFFLINE, HF_TOKEN, HF_TOKEN_PATH, \
            HF_HUB_DOWNLOAD_TIMEOUT as in huggingface_hub; NEEDLETAIL_ARTIFACTS (an address or a folder with the layout of \
            OpenSearch's artifact host, or 'off'); NEEDLETAIL_ARTIFACT_CACHE.

            Examples:
              needletail models pull cross-encoder/ms-marco-MiniLM-L6-v2
              needletail models pull sentence-transformers/all-MiniLM-L6-v2@main --to ./model
              needletail models pull huggingface/cross-encoders/ms-marco-MiniLM-L-6-v2@1.0.2:onnx
              needletail models pull org/name --dry-run
            """
    )

    @Argument(help: ArgumentHelp("What to fetch.", valueName: "model"))
    var models: [String]

    @Option(help: ArgumentHelp("Branch, tag or commit, or OpenSearch's version.", valueName: "revision"))
    var revision: String?

    @Option(
        name: .customLong("to"),
        help: ArgumentHelp("Copy the files there as well, as plain files.", valueName: "folder"),
        completion: .directory)
    var folder: String?

    @Flag(help: "Do not use the network: tell where the model is in the cache, or what is missing.")
    var offline = false

    @Flag(help: "List the files with their sizes, and fetch no weights.")
    var dryRun = false

    @Flag(name: .shortAndLong, help: "Tell nothing on standard error but errors.")
    var quiet = false

    @Option(help: "table or jsonl; with jsonl, one object for each model, with revision and files.")
    var format: OutputFormat = .table

    func validate() throws {
        try refuseEmpty(["--revision": revision, "--to": folder])
        if models.count > 1, folder != nil { throw ValidationError("--to takes one model.") }
        if dryRun, folder != nil { throw ValidationError("--dry-run and --to exclude each other.") }
    }

    func run() async throws {
        var settings = HubSettings.ofProcess
        if offline { settings.isOffline = true }
        let hub = ModelHub(settings: settings)
        let references = try models.map { (model) throws(HubError) in try ModelReference(model, revision: revision) }
        let output = StandardOutput()
        // What has arrived is kept anyway; this only says so.
        if !dryRun { PullDisplay.noteInterrupts() }
        for reference in references {
            if dryRun {
                try write(try await hub.plan(reference), output)
            } else {
                try await pull(reference, hub, output)
            }
            try output.flush()
        }
    }

    private func pull(_ reference: ModelReference, _ hub: ModelHub, _ output: StandardOutput) async throws {
        let display = PullDisplay(reference.text, isQuiet: quiet)
        let model: ResolvedModel
        do {
            model = try await hub.resolve(reference, fetching: .newest) { display.show($0) }
        } catch {
            display.finish()
            throw error
        }
        display.finish()
        for note in model.notes { display.tell(note) }
        if model.wasCached { display.tell("\(reference.text): already cached") }
        var path = model.path
        if let folder { path = try ModelHub.copy(model, to: folder) }
        switch format {
        case .table: try output.write(path + "\n")
        case .jsonl:
            var object: JSONObject = ["model": .string(reference.text), "path": .string(path)]
            if let revision = model.revision { object["revision"] = .string(revision) }
            object["cached"] = .bool(model.wasCached)
            try output.write(JSONValue.object(object).serialized() + "\n")
        }
    }

    private func write(_ plan: HubPlan, _ output: StandardOutput) throws {
        switch format {
        case .table:
            var table = TextTable([.init("file"), .init("size", .right), .init("")])
            for file in plan.files {
                table.add([
                    .init(file.name), .init(file.bytes.map(Numbers.bytes) ?? "unknown"),
                    .init(file.isCached ? "cached" : "to fetch", file.isCached ? .dim : nil),
                ])
            }
            let terminal = Terminal.output
            try output.write(terminal.styled(plan.reference, .bold) + (plan.revision.map { " at \($0)" } ?? "") + "\n")
            try output.write(table.rendered(for: terminal))
            try output.write("\(Numbers.bytes(plan.bytesToFetch)) to fetch, into \(plan.path)\n")
        case .jsonl:
            var object: JSONObject = ["model": .string(plan.reference), "path": .string(plan.path)]
            if let revision = plan.revision { object["revision"] = .string(revision) }
            object["bytes_to_fetch"] = .number(JSONNumber(plan.bytesToFetch))
            object["files"] = .array(
                plan.files.map { file in
                    var entry: JSONObject = ["name": .string(file.name)]
                    if let bytes = file.bytes { entry["bytes"] = .number(JSONNumber(bytes)) }
                    entry["cached"] = .bool(file.isCached)
                    return .object(entry)
                })
            try output.write(JSONValue.object(object).serialized() + "\n")
        }
    }
}
