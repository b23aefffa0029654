import ClusterAccess
import JSON
import Relevance
import Workflows

/// Reads an index into the corpus of the run.
struct DataExtractor: TaskHandler {
    let services: FineTuningServices

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue {
        let work = try PhaseContext(input, context, services)
        let parameters = work.parameters
        return try await ClusterFault.named {
            var extraction = CorpusExtraction(
                index: parameters.indexName ?? "",
                textFields: parameters.textFields.isEmpty ? nil : parameters.textFields,
                titleField: parameters.titleField, query: parameters.query.map { .object($0) },
                maximum: parameters.maximumDocuments, seed: UInt64(parameters.seed))
            extraction.batch = parameters.extraction.pageSize
            extraction.keepAlive = parameters.extraction.keepAlive
            extraction.textLimit = parameters.extraction.maximumBytes
            try RunFiles.makeFolder(work.folder.path + "/raw-corpus")
            let cluster = try await services.cluster(parameters.openSearchEndpoint)
            let report = try await extraction.run(on: cluster, to: work.folder.documents) { work.tell($0) }
            if parameters.deploy.reencodes, report.textFields.count > 1 {
                throw FineTuningError(
                    .cluster, field: "text_field",
                    "one field is encoded in the new index, and the documents have \(report.textFields.count): \(report.textFields.joined(separator: ", "))",
                    advice: "Begin a run that names one of them, or one without deploy.reencode")
            }
            return CorpusResult.json(report, work)
        }
    }
}

/// Checks a file of documents and makes it the corpus of the run.
struct DataValidator: TaskHandler {
    let services: FineTuningServices

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue {
        let work = try PhaseContext(input, context, services)
        return try await ClusterFault.named {
            let path =
                work.parameters.inputType == .s3
                ? try await services.object(work.parameters.s3CorpusPath ?? "", work.folder.path + "/raw-corpus")
                : CorpusResult.file(work.parameters.corpusPath ?? "")
            return try await OwnThread.run {
                var validation = CorpusValidation(
                    path: path, maximum: work.parameters.maximumDocuments, seed: UInt64(work.parameters.seed))
                validation.textLimit = work.parameters.extraction.maximumBytes
                try RunFiles.makeFolder(work.folder.path + "/raw-corpus")
                return CorpusResult.json(try validation.run(to: work.folder.documents) { work.tell($0) }, work)
            }
        }
    }
}

/// Registers the packaged model with the cluster and deploys it.
struct ModelRegistrar: TaskHandler {
    let services: FineTuningServices

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue {
        let work = try PhaseContext(input, context, services)
        return try await ClusterFault.named {
            let cluster = try await services.cluster(work.parameters.openSearchEndpoint)
            var models: [JSONValue] = []
            // The encoder first; an inference-free one has a second archive for its queries.
            for archive in input["package"]?["archives"]?.array ?? [] {
                guard let path = archive["path"]?.string, let file = archive["registration"]?.string,
                    let body = try RunFiles.value(file)
                else {
                    throw FineTuningError(
                        .folder, path: work.folder.artifacts, "an archive of the model is gone",
                        advice: "Begin the run again")
                }
                var registration = ModelRegistration(
                    ModelPackage(path: path, registration: body),
                    group: work.parameters.deploy.modelGroup ?? work.parameters.modelName)
                registration.undeploysEarlier = work.parameters.deploy.undeploysEarlier
                registration.allowsUploads = work.parameters.deploy.allowsUploads
                registration.groupDescription = work.parameters.deploy.description
                models.append(try await registration.run(on: cluster) { work.tell($0) }.json)
            }
            guard let first = models.first, let id = first["model_id"] else {
                throw FineTuningError(
                    .folder, path: work.folder.artifacts, "there is no archive of the model",
                    advice: "Begin the run again")
            }
            return ["model_id": id, "models": .array(models), "cluster": .string(cluster.name)]
        }
    }
}

/// Writes the index anew with a field of the new model, and switches the alias.
struct IndexReencoder: TaskHandler {
    let services: FineTuningServices

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue {
        let work = try PhaseContext(input, context, services)
        let parameters = work.parameters
        return try await ClusterFault.named {
            let cluster = try await services.cluster(parameters.openSearchEndpoint)
            let report = try CorpusReport(
                json: RunFiles.value(work.folder.path + "/raw-corpus/documents.json")?["report"] ?? .null)
            let text = parameters.textFields.first ?? report?.textFields.first
            guard let text else {
                throw FineTuningError(
                    .cluster, field: "text_field", "nobody says which field is encoded", advice: "Set text_field")
            }
            let index = parameters.indexName ?? ""
            let reencoding = IndexReencoding(
                source: index, model: input["model"]?["model_id"]?.string ?? "",
                encoding: try work.encoding(), fields: [text: parameters.deploy.field ?? Self.field(of: text)],
                target: parameters.deploy.targetIndex ?? Self.target(index, work.folder),
                alias: parameters.deploy.alias)
            return try await reencoding.run(on: cluster) { work.tell($0) }.json
        }
    }
}

extension IndexReencoder {
    /// The field of the encodings, unless one is named: beside the objects that the text may lie in.
    static func field(of text: String) -> String { text.replacing(".", with: "_") + "_embedding" }

    /// The index to be, unless one is named: another for each run, so that a model can be made again and again.
    static func target(_ index: String, _ folder: RunFolder) -> String {
        let run = folder.path.split(separator: "/").last.map(String.init) ?? "run"
        return "\(index)-\(run.lowercased())"
    }
}

/// What the phases of the corpus have in common.
enum CorpusResult {
    /// The file of documents: `corpus.jsonl` of a folder.
    static func file(_ path: String) -> String {
        RunFiles.exists(path + "/.") ? LineReader.existing(path + "/corpus.jsonl") : path
    }

    /// What the workflow keeps of a corpus.
    static func json(_ report: CorpusReport, _ work: PhaseContext) -> JSONValue {
        [
            "path": .string(work.folder.documents), "document_count": .number(JSONNumber(report.documents)),
            "report": report.json,
        ]
    }
}

extension PhaseContext {
    /// Tells what a part that talks to the cluster tells.
    func tell(_ progress: ClusterProgress) {
        report(TaskProgress(progress.text, done: progress.done, total: progress.total, unit: progress.unit))
    }
}

/// Failures of a cluster under the names that the workflow knows.
enum ClusterFault {
    /// Runs a body and names what it throws.
    static func named<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch let error as ClusterError {
            switch error.code {
            case .cancelled: throw CancellationError()
            case .unreachable: throw TaskFault(error: "Cluster.Unreachable", cause: error.description)
            case .timeout: throw TaskFault(error: "Cluster.Timeout", cause: error.description)
            default: throw TaskFault(error: FineTuningError.Code.cluster.rawValue, cause: error.description)
            }
        } catch let error as RelevanceError {
            throw TaskFault(error: FineTuningError.Code.corpus.rawValue, cause: error.description)
        } catch let error as FineTuningError {
            throw TaskFault(error: error.code.rawValue, cause: error.description)
        }
    }
}
