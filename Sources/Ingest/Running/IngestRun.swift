import JSON

/// Takes batches of documents through pipelines.
///
/// All documents of a batch go through one processor before they go on to the next, so that processors that encode texts see all of them;
/// what the pipelines of one call want to have encoded by a model is encoded together. What happens to one document does not depend on the others.
///
/// Source: OpenSearch's `CompoundProcessor`, `PipelineProcessor` and `ConditionalProcessor`.
public struct IngestRun: Sendable {
    private var environment: IngestEnvironment

    /// Pipelines inside one another at most.
    private static let maximumPipelines = 100

    /// A way for batches to go.
    public init(_ environment: IngestEnvironment) { self.environment = environment }

    /// Takes documents through a pipeline.
    ///
    /// - Parameter slots: documents; those that were dropped or failed before are left alone.
    public func run(_ pipeline: IngestPipeline, _ slots: inout [IngestSlot]) async {
        let numbers = slots.indices.filter { slots[$0].isRunning }
        let begin = ContinuousClock.now
        environment.statistics?.changeTotal { $0.begin(numbers.count) }
        await run(pipeline, &slots, numbers)
        let failed = numbers.count { slots[$0].failure != nil }
        environment.statistics?.changeTotal { $0.end(numbers.count, failed: failed, ContinuousClock.now - begin) }
    }

    /// Takes documents through the pipelines that they are meant for, all at once.
    ///
    /// - Parameter batches: pipelines with their documents; those that were dropped or failed before are left alone.
    /// - Returns: the documents of each pipeline behind it.
    public func run(_ batches: [(pipeline: IngestPipeline, slots: [IngestSlot])]) async -> [[IngestSlot]] {
        var run = self
        var exchange: EncodingExchange?
        if batches.count > 1, let encoder = environment.encoder {
            exchange = EncodingExchange(encoder, runs: batches.count)
            run.environment.encoder = exchange
        }
        return await withTaskGroup(of: (number: Int, slots: [IngestSlot]).self) { tasks in
            for (number, batch) in batches.enumerated() {
                tasks.addTask { [run, exchange] in
                    var slots = batch.slots
                    await run.run(batch.pipeline, &slots)
                    await exchange?.leave()
                    return (number, slots)
                }
            }
            var results = [[IngestSlot]](repeating: [], count: batches.count)
            for await (number, slots) in tasks { results[number] = slots }
            return results
        }
    }

    private func run(_ pipeline: IngestPipeline, _ slots: inout [IngestSlot], _ numbers: [Int]) async {
        var entered: [Int] = []
        var outer: [Int: JSONValue] = [:]
        for number in numbers {
            let stack = slots[number].document.pipelines
            if stack.contains(pipeline.id) {
                slots[number].state = .failed(.illegalState("Cycle detected for pipeline: \(pipeline.id)"))
            } else if stack.count >= Self.maximumPipelines {
                slots[number].state = .failed(
                    .illegalState("more than \(Self.maximumPipelines) pipelines inside one another at [\(pipeline.id)]")
                )
            } else {
                slots[number].document.pipelines.append(pipeline.id)
                outer[number] = slots[number].document.ingest["pipeline"]
                slots[number].document.ingest["pipeline"] = .string(pipeline.id)
                entered.append(number)
            }
        }
        let begin = ContinuousClock.now
        environment.statistics?.change(pipeline) { $0.begin(entered.count) }
        await run(pipeline.steps, &slots, entered, of: pipeline)
        if !pipeline.onFailure.isEmpty { await handle(pipeline.onFailure, &slots, entered) }
        let failed = entered.count { slots[$0].failure != nil }
        environment.statistics?.change(pipeline) {
            $0.end(entered.count, failed: failed, ContinuousClock.now - begin)
        }
        for number in entered {
            slots[number].document.pipelines.removeLast()
            slots[number].document.ingest["pipeline"] = outer[number]
        }
    }

    /// One step after the other, for the documents that are still running.
    ///
    /// - Parameter pipeline: the one whose processors they are; nil for those that deal with failures.
    private func run(
        _ steps: [IngestStep], _ slots: inout [IngestSlot], _ numbers: [Int], of pipeline: IngestPipeline? = nil
    ) async {
        var numbers = numbers
        for (place, step) in steps.enumerated() {
            await run(step, &slots, numbers) { [statistics = environment.statistics] change in
                if let pipeline { statistics?.change(pipeline, step: place, change) }
            }
            numbers.removeAll { !slots[$0].isRunning }
            if numbers.isEmpty { return }
        }
    }

    /// One step with its condition and what is done when it fails.
    ///
    /// - Parameter count: changes the counts of the step.
    private func run(
        _ step: IngestStep, _ slots: inout [IngestSlot], _ numbers: [Int], isTraced: Bool = true,
        count: (_ change: (inout IngestMetric) -> Void) -> Void = { _ in }
    ) async {
        var meant = numbers
        if let condition = step.condition {
            meant = []
            for number in numbers {
                do {
                    if try condition.holds(slots[number].document) {
                        meant.append(number)
                    } else if isTraced {
                        slots[number].trace?.append(ProcessorResult(step, conditionHeld: false))
                    }
                } catch {
                    slots[number].state = .failed(failure(error, of: step, slots[number].document))
                }
            }
        }
        let begin = ContinuousClock.now
        count { $0.begin(meant.count) }
        await act(step, &slots, meant)
        let failed = meant.count { slots[$0].failure != nil }
        count { $0.end(meant.count, failed: failed, ContinuousClock.now - begin) }
        for number in meant {
            if case .failed(let error) = slots[number].state {
                slots[number].state = .failed(failure(error, of: step, slots[number].document))
            }
            if isTraced, slots[number].trace != nil { trace(step, &slots[number]) }
        }
        if step.ignoresFailure {
            for number in meant where slots[number].failure != nil { slots[number].state = .running }
        } else if !step.onFailure.isEmpty {
            await handle(step.onFailure, &slots, meant)
        }
    }

    private func trace(_ step: IngestStep, _ slot: inout IngestSlot) {
        // A pipeline is told by its processors; it stands before them.
        if case .pipeline = step.action, slot.failure == nil || slot.failure?.type != "illegal_state_exception" {
            return
        }
        switch slot.state {
        case .running: slot.trace?.append(ProcessorResult(step, slot.document))
        case .dropped: slot.trace?.append(ProcessorResult(step))
        case .failed(let error):
            slot.trace?.append(ProcessorResult(step, step.ignoresFailure ? slot.document : nil, error))
        }
    }

    /// Names the processor that failed first.
    private func failure(_ error: IngestFailure, of step: IngestStep, _ document: IngestDocument) -> IngestFailure {
        guard error.origin == nil else { return error }
        var error = error
        error.origin = IngestFailure.Origin(
            type: step.type, tag: step.tag, pipeline: document.pipelines.count > 1 ? document.pipelines.last : nil)
        return error
    }

    /// Runs what deals with failures; documents that come through it go on.
    private func handle(_ steps: [IngestStep], _ slots: inout [IngestSlot], _ numbers: [Int]) async {
        let failed = numbers.filter { slots[$0].failure != nil }
        guard !failed.isEmpty else { return }
        let names = [
            "on_failure_message", "on_failure_processor_type", "on_failure_processor_tag", "on_failure_pipeline",
        ]
        for number in failed {
            guard let failure = slots[number].failure else { continue }
            let origin = failure.origin
            let values: [JSONValue?] = [
                .string(failure.message), origin.map { .string($0.type) } ?? .null,
                origin?.tag.map { .string($0) } ?? .null, origin?.pipeline.map { .string($0) },
            ]
            for (name, value) in zip(names, values) { slots[number].document.ingest[name] = value }
            slots[number].state = .running
        }
        await run(steps, &slots, failed)
        for number in failed {
            for name in names { slots[number].document.ingest[name] = nil }
        }
    }

    // MARK: Actions

    private func act(_ step: IngestStep, _ slots: inout [IngestSlot], _ numbers: [Int]) async {
        switch step.action {
        case .change(let processor):
            for number in numbers {
                do { try processor.process(&slots[number].document) } catch { slots[number].state = .failed(error) }
            }
        case .drop:
            for number in numbers { slots[number].state = .dropped }
        case .encode(let processor): await processor.process(&slots, numbers, environment.encoder)
        case .pipeline(let name): await enter(name, step, &slots, numbers)
        case .forEach(let path, let inner, let ignoresMissing):
            for number in numbers { await forEach(path, inner, ignoresMissing, &slots, number) }
        }
    }

    private func enter(
        _ name: TextTemplate, _ step: IngestStep, _ slots: inout [IngestSlot], _ numbers: [Int]
    ) async {
        var groups: [(name: String, numbers: [Int])] = []
        for number in numbers {
            do {
                let name = try name.render(slots[number].document)
                if let group = groups.firstIndex(where: { $0.name == name }) {
                    groups[group].numbers.append(number)
                } else {
                    groups.append((name, [number]))
                }
            } catch {
                slots[number].state = .failed(error)
            }
        }
        for group in groups {
            let pipeline: IngestPipeline?
            do { pipeline = try environment.pipeline(group.name) } catch {
                for number in group.numbers { slots[number].state = .failed(.illegalState("\(error)")) }
                continue
            }
            guard let pipeline else {
                for number in group.numbers {
                    slots[number].state = .failed(
                        .illegalState("Pipeline processor configured for non-existent pipeline [\(group.name)]"))
                }
                continue
            }
            for number in group.numbers where !slots[number].document.pipelines.contains(pipeline.id) {
                slots[number].trace?.append(ProcessorResult(step))
            }
            await run(pipeline, &slots, group.numbers)
        }
    }

    private func forEach(
        _ path: DocumentPath, _ inner: IngestStep, _ ignoresMissing: Bool, _ slots: inout [IngestSlot], _ number: Int
    ) async {
        do {
            guard let elements = try slots[number].document.list(path, ignoreMissing: ignoresMissing) else {
                if ignoresMissing { return }
                throw IngestFailure.illegalArgument("field [\(path.text)] is null, cannot loop over its elements.")
            }
            let outer = slots[number].document.ingest["_value"]
            var changed: [JSONValue] = []
            for element in elements {
                slots[number].document.ingest["_value"] = element
                await run(inner, &slots, [number], isTraced: false)
                changed.append(slots[number].document.ingest["_value"] ?? .null)
                slots[number].document.ingest["_value"] = outer
                guard slots[number].isRunning else { return }
            }
            try slots[number].document.set(path, .array(changed))
        } catch let error as IngestFailure {
            slots[number].state = .failed(error)
        } catch {
            slots[number].state = .failed(.illegalState("\(error)"))
        }
    }
}
