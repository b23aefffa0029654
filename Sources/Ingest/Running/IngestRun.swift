import JSON

/// Takes batches of documents through pipelines.
///
/// All documents of a batch go through one processor before they go on to the next, so that processors that encode texts see all of them.
/// What happens to one document does not depend on the others.
///
/// Source: OpenSearch's `CompoundProcessor`, `PipelineProcessor` and `ConditionalProcessor`.
public struct IngestRun: Sendable {
    private let environment: IngestEnvironment

    /// Pipelines inside one another at most.
    private static let maximumPipelines = 100

    /// A way for batches to go.
    public init(_ environment: IngestEnvironment) { self.environment = environment }

    /// Takes documents through a pipeline.
    ///
    /// - Parameter slots: documents; those that were dropped or failed before are left alone.
    public func run(_ pipeline: IngestPipeline, _ slots: inout [IngestSlot]) async {
        await run(pipeline, &slots, slots.indices.filter { slots[$0].isRunning })
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
        await run(pipeline.steps, &slots, entered)
        if !pipeline.onFailure.isEmpty { await handle(pipeline.onFailure, &slots, entered) }
        for number in entered {
            slots[number].document.pipelines.removeLast()
            slots[number].document.ingest["pipeline"] = outer[number]
        }
    }

    /// One step after the other, for the documents that are still running.
    private func run(_ steps: [IngestStep], _ slots: inout [IngestSlot], _ numbers: [Int]) async {
        var numbers = numbers
        for step in steps {
            await run(step, &slots, numbers)
            numbers.removeAll { !slots[$0].isRunning }
            if numbers.isEmpty { return }
        }
    }

    /// One step with its condition and what is done when it fails.
    private func run(_ step: IngestStep, _ slots: inout [IngestSlot], _ numbers: [Int], isTraced: Bool = true) async {
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
        await act(step, &slots, meant)
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
