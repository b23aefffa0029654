import Connectors
import JSON
import QueryPrompting
import Workflows

/// Writes what a language model is asked in a batch.
struct PrepareBatchInput: Phase {
    static let name = "BatchInputPreparer"

    static func record(_ folder: RunFolder) -> String { folder.batchInput + "/plan.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let corpus = try CorpusDocuments(context.folder)
        context.report(TaskProgress("write questions", done: 0, total: corpus.count, unit: "documents"))
        do throws(PromptingError) {
            let plan = try BatchInput(
                context.parameters.queries.format(), sampling: context.parameters.queries.sampling
            ).write(
                context.parameters.queries.prompt(), corpus.documents, to: context.folder.batchInput)
            return plan.json.object ?? [:]
        } catch {
            throw FineTuningError(error)
        }
    }
}

/// Writes the commands that run the batch, with the credentials of whoever runs them.
struct CreateBatchJob: Phase {
    static let name = "BatchJobCreator"

    static func record(_ folder: RunFolder) -> String { folder.batchInput + "/job.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let corpus = try CorpusDocuments(context.folder)
        try RunFiles.makeFolder(context.folder.batchOutput)
        do throws(PromptingError) {
            let format = try context.parameters.queries.format()
            let plan = try BatchInput(format, sampling: context.parameters.queries.sampling).write(
                context.parameters.queries.prompt(), corpus.documents, to: context.folder.batchInput)
            let path = try BatchSteps(
                format, plan, inputs: context.folder.batchInput, outputs: context.folder.batchOutput
            ).write()
            return [
                "script": .string(path), "outputs": .string(context.folder.batchOutput),
                "records": .number(JSONNumber(plan.records)),
            ]
        } catch {
            throw FineTuningError(error)
        }
    }
}

/// Looks whether the answers of a batch are there.
struct CheckBatchJob: TaskHandler {
    let services: FineTuningServices

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue {
        let work = try PhaseContext(input, context, services)
        return try await PhaseHandler.named {
            // Looked for here, and not by a turn of the workflow for each look: its history has room for some thousand events.
            while true {
                let progress = try await OwnThread.run { try Self.progress(work) }
                work.report(
                    TaskProgress(
                        "waiting for the answers: run \(input["batch_job"]?["script"]?.string ?? "the batch")",
                        done: progress.answered + progress.failed, total: progress.records, unit: "answers"))
                if let failure = progress.failure {
                    // A failed task is done again when the run is resumed: the batch may have been repeated by then.
                    throw TaskFault(error: "FineTuning.Batch", cause: failure)
                }
                if progress.isComplete {
                    return ["status": "Completed", "reason": .string(progress.text), "progress": progress.json]
                }
                for _ in 0..<work.parameters.queries.pollSeconds {
                    if work.isStopping() { throw CancellationError() }
                    try await Task.sleep(for: .seconds(1))
                }
            }
        }
    }

    private static func progress(_ work: PhaseContext) throws(FineTuningError) -> BatchProgress {
        let corpus = try CorpusDocuments(work.folder)
        do throws(PromptingError) {
            return try BatchProgress(
                work.parameters.queries.prompt(), corpus.documents, outputs: work.folder.batchOutput)
        } catch {
            throw FineTuningError(error)
        }
    }
}

/// Cuts the documents into portions, so that what was asked is known portion by portion.
struct PlanPortions: Phase {
    static let name = "PortionPlanner"
    /// Documents of a portion, at least; there are a thousand portions at most.
    static let leastSize = 500

    static func record(_ folder: RunFolder) -> String { folder.batchInput + "/portions.json" }

    func run(_ context: PhaseContext) throws -> JSONObject {
        let count = try CorpusDocuments(context.folder).count
        let size = max(Self.leastSize, (count + 999) / 1_000)
        let starts = stride(from: 0, to: count, by: size)
        return [
            "documents": .number(JSONNumber(count)),
            "items": .array(
                starts.map { start in
                    [
                        "start": .number(JSONNumber(start)), "end": .number(JSONNumber(min(count, start + size))),
                    ]
                }),
        ]
    }
}

/// Asks a language model about the documents of a portion; what was answered is not asked again.
struct PromptPortion: TaskHandler {
    let services: FineTuningServices

    func run(_ input: JSONValue, _ context: TaskContext) async throws -> JSONValue {
        let work = try PhaseContext(input, context, services)
        let settings = work.parameters.queries
        return try await PhaseHandler.named {
            guard let transport = services.transport else {
                throw FineTuningError(
                    .queries, field: "queries.endpoint", "this program reaches no endpoints",
                    advice: "Use a batch, or the embedded queries")
            }
            let corpus = try CorpusDocuments(work.folder)
            let first = max(0, min(corpus.count, input["portion"]?["start"]?.int ?? 0))
            let last = max(first, min(corpus.count, input["portion"]?["end"]?.int ?? corpus.count))
            var key: SecretKey?
            if let name = settings.keyVariable {
                guard let value = services.environment(name), !value.isEmpty else {
                    throw FineTuningError(
                        .queries, field: "queries.key_env", "the environment variable '\(name)' is not set",
                        advice: "Set it to the key of the endpoint, and resume the run")
                }
                key = SecretKey(value)
            }
            do {
                var endpoint = try OpenAIEndpoint(
                    url: settings.endpoint ?? "", model: settings.model ?? "", key: key, sampling: settings.sampling,
                    transport: transport)
                endpoint.timeout = .seconds(settings.timeoutSeconds)
                endpoint.allowsPrivateAddresses = services.allowsPrivateAddresses
                let answers = try await LivePrompting(
                    endpoint, settings.prompt(), concurrency: settings.concurrency
                ).ask(
                    Array(corpus.documents[first..<last]), folder: work.folder.batchOutput,
                    onProgress: { done, total in
                        work.report(
                            TaskProgress(
                                "ask \(settings.model ?? "the model")", done: first + done, total: corpus.count,
                                unit: "documents"))
                    }, isStopping: work.isStopping)
                return ["start": .number(JSONNumber(first)), "answers": .number(JSONNumber(answers.answers.count))]
            } catch let error as PromptingError {
                if error.code == .cancelled { throw CancellationError() }
                if error.code == .unavailable { throw TaskFault(error: "Endpoint.Busy", cause: error.description) }
                throw FineTuningError(error)
            }
        }
    }
}

extension QuerySettings {
    /// What a language model is told.
    ///
    /// - Throws: `PromptingError` for settings that cannot be.
    func prompt() throws(PromptingError) -> QueryPrompt {
        var prompt = QueryPrompt()
        prompt.count = perDocument
        prompt.types = types
        prompt.examples = examples.map { QueryPrompt.Example($0) }
        prompt.language = language
        prompt.instructions = instructions
        prompt.excerptLength = documentCharacters
        if source != .bedrockBatch { prompt.model = model }
        try prompt.check()
        return prompt
    }

    /// How a language model draws its answers.
    var sampling: SamplingOptions {
        var sampling = SamplingOptions()
        sampling.maximumTokens = maximumTokens
        sampling.temperature = temperature
        sampling.overrides = body ?? [:]
        return sampling
    }

    /// The form of a batch.
    func format() throws(PromptingError) -> BatchFormat {
        if source == .openAIBatch { return try BatchFormat(name: "openai", model: model) }
        let id = model ?? ""
        let guess = ["anthropic": "claude", "titan": "titan", "nova": "nova"].first { id.contains($0.key) }?.value
        return try BatchFormat(name: modelFamily ?? guess ?? "converse", model: model)
    }
}

extension FineTuningError {
    /// What no queries came of.
    init(_ error: PromptingError) { self.init(.queries, field: "queries", error.reason, advice: error.advice) }
}
