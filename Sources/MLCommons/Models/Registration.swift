import JSON
public import ModelFiles
import Synchronization

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Why a registration fails, in the words of its task.
struct RegistrationError: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}

extension MLCommons {
    /// Takes a registration; its work goes on in a task.
    func register(_ fields: Fields, deploys: Bool) throws -> MLReply {
        let request = try RegisterRequest(fields, deploys: deploys, isUpload: false)
        try checkGroup(of: request)
        guard request.function != .remote else { return try registerRemote(request) }
        let settings = state.settings
        guard !request.function.isServed || settings.flag(MLSetting.runsLocalModels) else {
            throw Self.localModelsAreOff
        }
        try check(request, settings)
        if request.deploys { try check(nodes: request.nodeIDs, settings) }
        let content = DocumentID.next()
        let (model, task) = try state.update { draft in
            let model = try draft.addModel(request, own: ["content": .string(content)])
            let task = draft.addTask(
                .registerModel, request.function, node: nodeID,
                own: ["model": .string(model), "content": .string(content)])
            return (model, task)
        }
        registrations.began(task, model: model, content: content, at: state.now())
        jobs.run(for: model) { [self] in await runRegistration(of: model, task: task, request, content: content) }
        var reply: JSONObject = ["task_id": .string(task), "status": "CREATED"]
        if let standIn = standIn(for: request) { reply["stand_in"] = .string(standIn) }
        return MLReply(reply)
    }

    /// The model that is served instead of the pretrained one that a registration names.
    private func standIn(for request: RegisterRequest) -> String? {
        request.url == nil ? supply.standIn(forPretrained: request.name) : nil
    }

    static var localModelsAreOff: MLError {
        .status(
            400,
            "Local Model is currently disabled. To enable it, please update the setting \"\(MLSetting.runsLocalModels.name)\" to true."
        )
    }

    static var localFilesAreOff: MLError {
        .illegalArgument(
            "To upload custom model from local file, user needs to enable allow_registering_model_via_local_file settings. Otherwise please use opensearch pre-trained models"
        )
    }

    /// Whether the settings allow what a registration names.
    private func check(_ request: RegisterRequest, _ settings: MLSettings) throws(MLError) {
        let isRepository = request.url == nil && request.name.hasPrefix("hf://")
        guard let url = request.url ?? (isRepository ? request.name : nil) else { return }
        guard settings.flag(MLSetting.allowsURLs) else {
            throw .illegalArgument(
                "To upload custom model user needs to enable allow_registering_model_via_url settings. Otherwise please use OpenSearch pre-trained models."
            )
        }
        guard url.utf8.count <= 2048 else { throw .illegalArgument("[url] has more than 2048 bytes") }
        if url.hasPrefix("hf://") { return }
        guard try settings.trusts(url) else { throw .illegalArgument("URL can't match trusted url regex") }
        if url.lowercased().hasPrefix("file:"), !settings.flag(MLSetting.allowsLocalFiles) {
            throw Self.localFilesAreOff
        }
    }

    // MARK: The task

    private func runRegistration(of model: String, task: String, _ request: RegisterRequest, content: String) async {
        defer { registrations.ended(task) }
        do {
            guard registrations.place(of: task) < max(1, state.settings.integer(MLSetting.maximumRegistrations)) else {
                throw RegistrationError("exceed max running task limit")
            }
            guard request.function.isServed else {
                throw RegistrationError(
                    "\(request.function.rawValue) models do not run on this server. It has TEXT_EMBEDDING, TEXT_SIMILARITY, SPARSE_ENCODING and SPARSE_TOKENIZE."
                )
            }
            try checkDisk()
            let supplied = try await supply(request) { done in
                self.registrations.progressed(task, to: done, at: self.state.now())
            }
            try Task.checkCancellation()
            defer { if supplied.isTemporary { ModelContents.discard(supplied.path) } }
            let facts = try take(supplied, request, content: content)
            try finishRegistration(of: model, task: task, content: content, facts, request)
        } catch {
            // The server stops: the next start says so in the task.
            if jobs.isStopping { return }
            let reason =
                switch error {
                case let error as RegistrationError: error.reason
                case let error as ModelSupplyError: error.reason
                case let error as MLError: error.reason
                default: "\(error)"
                }
            contents.remove(content)
            await insist { draft in
                draft.removeUnregistered(model, content: content)
                draft.end(task: task, .failed, error: reason)
            }
        }
    }

    /// Ends registrations to which nothing has come for as long as the settings allow; their tasks say so.
    package func endSilentRegistrations() {
        let seconds = state.settings.integer(MLSetting.taskTimeout)
        for (task, model, content) in registrations.silent(for: Int64(seconds) * 1000, at: state.now()) {
            _ = try? state.update { draft in
                draft.removeUnregistered(model, content: content)
                draft.end(
                    task: task, .failed,
                    error:
                        "Nothing of the model has come for \(seconds) seconds (\(MLSetting.taskTimeout.name)). Check the server that it comes from, then send the registration again: what was fetched is kept."
                )
            }
            jobs.cancel(model)
        }
    }

    /// Brings the files here.
    private func supply(
        _ request: RegisterRequest, progress: @escaping @Sendable (Double) -> Void
    ) async throws -> SuppliedModel {
        guard let url = request.url ?? (request.name.hasPrefix("hf://") ? request.name : nil) else {
            // What comes along has no versions.
            let own = request.name.contains("/") ? nil : "1"
            guard let version = request.version ?? own, let format = request.format else {
                throw RegistrationError(
                    "A pretrained model needs its version, for example \"version\": \"1.0.2\". Send the registration again with one."
                )
            }
            do throws(ModelSupplyError) {
                return try await supply.fetch(
                    .pretrained(name: request.name, version: version, format: format), progress: progress)
            } catch {
                guard error.kind == .notListed else { throw error }
                throw RegistrationError(
                    "This model is not in the pre-trained model list, please check your parameters.")
            }
        }
        if url.hasPrefix("hf://") {
            return try await supply.fetch(.repository(String(url.dropFirst(5))), progress: progress)
        }
        if url.lowercased().hasPrefix("file:") {
            guard let path = URL(string: url)?.path, path.hasPrefix("/"), ModelContents.exists(path) else {
                throw RegistrationError("There is no file or folder \(url). Write file:///folder/model.zip.")
            }
            return SuppliedModel(path: path)
        }
        guard let hash = request.hash else {
            throw RegistrationError(
                "Model content Hash code need to be provided when register via url. Please calculate sha 256 Hash code."
            )
        }
        do throws(ModelSupplyError) {
            return try await supply.fetch(.archive(url: url, sha256: hash), progress: progress)
        } catch {
            guard error.kind == .changed else { throw error }
            throw RegistrationError("model content changed: \(error.reason)")
        }
    }

    /// What is known of a model once its files are here.
    private struct RegisteredFacts {
        var function: FunctionName
        var format: ModelFormat?
        var configuration: JSONObject?
        var description: String?
        var hash: String?
        var bytes: Int
        /// The path, where the files stay where they are.
        var place: String?
    }

    /// Checks what was brought, and takes archives over.
    private func take(_ supplied: SuppliedModel, _ request: RegisterRequest, content: String) throws -> RegisteredFacts
    {
        if ModelContents.isFolder(supplied.path) { return try facts(ofFolder: supplied.path, request) }
        var facts = RegisteredFacts(
            function: request.function, format: request.format, configuration: request.configuration?.document,
            hash: request.hash, bytes: 0)
        if let description = supplied.description, request.url == nil {
            // What the artifact says of itself counts, whatever was sent.
            let fields = Fields(description, prefix: "config.json: ")
            let task = try fields.text("model_task_type")
            if let text = try fields.text("function_name") ?? task { facts.function = try FunctionName(reading: text) }
            if let text = try fields.text("model_format") { facts.format = try ModelFormat(reading: text) }
            if let object = try fields.fields("model_config")?.object {
                facts.configuration = try ModelConfiguration(ofArtifact: object).document
            }
            facts.hash = try fields.text("model_content_hash_value")?.lowercased() ?? facts.hash
            facts.description = try fields.text("description")
        }
        guard facts.function.isServed else {
            throw RegistrationError("\(facts.function.rawValue) models do not run on this server.")
        }
        try ModelArchive.checkSize(supplied.path)
        // What is checked is what stays: the owner of the file may change it at any time.
        try contents.install(supplied.path, as: content, isCached: supplied.isCached)
        let archive = contents.archive(content)
        let (bytes, sha256) = try ModelArchive.digest(archive)
        if let hash = facts.hash {
            guard hash == sha256 else {
                throw RegistrationError(
                    "model content changed: the SHA-256 of the file is \(sha256), and model_content_hash_value is \(hash.prefix(80))"
                )
            }
        } else if request.url != nil {
            throw RegistrationError(
                "Model content Hash code need to be provided when register via url. Please calculate sha 256 Hash code."
            )
        }
        try ModelArchive.check(archive, format: facts.format ?? .torchScript, function: facts.function)
        facts.bytes = bytes
        facts.hash = sha256
        try contents.write(
            Self.description(
                name: request.name, function: facts.function, format: facts.format, configuration: facts.configuration),
            of: content)
        return facts
    }

    /// A folder stays where it is, and describes itself.
    private func facts(ofFolder path: String, _ request: RegisterRequest) throws -> RegisteredFacts {
        let folder = try ModelFolder(path: path, task: request.statedFunction.flatMap(\.task))
        let function = request.statedFunction ?? FunctionName(folder.task)
        var configuration = request.configuration?.document ?? [:]
        if configuration["model_type"] == nil {
            configuration["model_type"] = .string(folder.modelType.isEmpty ? "tokenizer" : folder.modelType)
        }
        if configuration["embedding_dimension"] == nil, function == .textEmbedding,
            let size = folder.config["hidden_size"] ?? folder.config["dim"]
        {
            configuration["embedding_dimension"] = size
        }
        if configuration["framework_type"] == nil { configuration["framework_type"] = "SENTENCE_TRANSFORMERS" }
        if configuration["all_config"] == nil, !folder.config.isNull {
            configuration["all_config"] = .string(folder.config.serialized())
        }
        return RegisteredFacts(
            function: function, format: request.format, configuration: configuration,
            bytes: try ModelContents.bytes(inFolder: path), place: path)
    }

    /// The description of an archive as ML Commons' artifacts have it.
    static func description(
        name: String, function: FunctionName, format: ModelFormat?, configuration: JSONObject?
    ) -> JSONObject {
        var description: JSONObject = ["name": .string(name), "function_name": .string(function.rawValue)]
        if let format { description["model_format"] = .string(format.rawValue) }
        if let configuration { description["model_config"] = .object(configuration) }
        return description
    }

    /// Writes down what the registration has brought and, where it was asked for, begins the deployment in the same change.
    private func finishRegistration(
        of id: String, task: String, content: String, _ facts: RegisteredFacts, _ request: RegisterRequest
    ) throws {
        let deployment: String? = try state.update { draft in
            // A later model of the same id has other files.
            guard var model = draft[.model, id], model.own["content"]?.string == content else {
                throw RegistrationError("The model was deleted while it was being registered.")
            }
            model.source["algorithm"] = .string(facts.function.rawValue)
            if let format = facts.format { model.source["model_format"] = .string(format.rawValue) }
            model.source["model_state"] = .string(ModelState.registered.rawValue)
            model.source["model_content_size_in_bytes"] = .number(JSONNumber(facts.bytes))
            if let hash = facts.hash { model.source["model_content_hash_value"] = .string(hash) }
            if let configuration = facts.configuration { model.source["model_config"] = .object(configuration) }
            if model.source["description"] == nil, let text = facts.description {
                model.source["description"] = .string(text)
            }
            model.source["last_updated_time"] = .number(JSONNumber(Int(draft.now)))
            model.source["last_registered_time"] = .number(JSONNumber(Int(draft.now)))
            model.source["total_chunks"] = .number(
                JSONNumber(max(1, (facts.bytes + Self.largestChunk - 1) / Self.largestChunk)))
            if let standIn = standIn(for: request) {
                model.source["stand_in"] = .string(standIn)
                model.source["description"] = .string(
                    "\(standIn), which stands in for \(request.name) as the settings of the server say")
            }
            model.own["made_group"] = nil
            model.own["describes"] = true
            if let place = facts.place { model.own["place"] = .string(place) }
            draft[.model, id] = model
            draft.end(task: task, .completed, model: id)
            return request.deploys
                ? draft.addDeployment(of: id, model, node: nodeID, onAllNodes: request.nodeIDs.isEmpty) : nil
        }
        if let deployment { startDeployment(of: id, task: deployment) }
    }
}

extension FunctionName {
    /// The function that a folder's task stands for.
    init(_ task: ModelTask) {
        self =
            switch task {
            case .dense: .textEmbedding
            case .crossEncoder: .textSimilarity
            case .sparse: .sparseEncoding
            case .sparseQuery: .sparseTokenize
            }
    }

    /// The task that a model of the function has; nil if none runs here.
    public var task: ModelTask? {
        switch self {
        case .textEmbedding: .dense
        case .textSimilarity: .crossEncoder
        case .sparseEncoding: .sparse
        case .sparseTokenize: .sparseQuery
        default: nil
        }
    }
}
