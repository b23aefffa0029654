import JSON

extension DefinitionReader {
    /// Reads one state; `nil` if it has faults that leave nothing to go on with.
    mutating func state(_ name: String, _ value: JSONValue, at place: String) -> State? {
        guard let object = value.object else {
            list.add(place, "a state is an object, not \(value.typeName)")
            return nil
        }
        guard let written = object["Type"] else {
            list.add(place, "a state needs the field 'Type'")
            return nil
        }
        guard let type = written.string.flatMap({ StateType(rawValue: $0) }) else {
            let types = StateType.allCases.map(\.rawValue).joined(separator: ", ")
            list.add("\(place).Type", "\(FieldReader.shown(written)) is no type of a state; they are \(types)")
            return nil
        }
        var fields = FieldReader(object, at: place, title: "a \(type.rawValue) state", list)
        _ = fields.value("Type")
        queryLanguage(&fields)
        var state = State(name: name, type: type, comment: fields.string("Comment"), kind: .succeed)
        if type != .fail {
            state.inputPath = fields.dataPath("InputPath")
            state.outputPath = fields.dataPath("OutputPath")
        }
        switch type {
        case .choice, .succeed, .fail: break
        default: state.transition = transition(&fields)
        }
        switch type {
        case .task, .parallel, .map:
            state.resultSelector = fields.template("ResultSelector")
            state.resultPlace = fields.resultPlace()
            state.retriers = retriers(&fields)
            state.catchers = catchers(&fields)
        default: break
        }
        if type == .task || type == .parallel { state.parameters = fields.template("Parameters") }
        switch type {
        case .task: state.kind = .task(task(&fields))
        case .pass:
            state.parameters = fields.template("Parameters")
            state.resultPlace = fields.resultPlace()
            state.kind = .pass(result: fields.value("Result"))
        case .choice: state.kind = choice(&fields)
        case .wait: state.kind = .wait(wait(&fields))
        case .succeed: state.kind = .succeed
        case .fail: state.kind = .fail(error: failText("Error", &fields), cause: failText("Cause", &fields))
        case .parallel: state.kind = .parallel(branches(&fields))
        case .map:
            state.parameters = selector(&fields)
            state.kind = .map(map(&fields))
        }
        fields.finish()
        return state
    }

    private func transition(_ fields: inout FieldReader) -> State.Transition? {
        let next = fields.string("Next")
        let ends = fields.bool("End") ?? false
        if fields.has("Next"), ends { fields.fault("Next", "a state with \"End\": true has no 'Next'") }
        if !fields.has("Next"), !ends { fields.missing("Next' or 'End") }
        return next.map { .next($0) } ?? (ends ? .end : nil)
    }

    private func task(_ fields: inout FieldReader) -> TaskState {
        let resource = fields.string("Resource", isRequired: true) ?? ""
        var handler = resource
        if resource.hasPrefix("${"), resource.hasSuffix("}") {
            handler = String(resource.dropFirst(2).dropLast())
            let isName =
                !handler.isEmpty
                && handler.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                }
            if !isName { fields.fault("Resource", "a name of letters and digits is expected between '${' and '}'") }
        } else if resource.hasSuffix(".waitForTaskToken") {
            fields.fault("Resource", "waiting for a task token is not supported here")
        }
        let timeout = fields.number("TimeoutSeconds", in: 1...Self.mostSeconds)
        let heartbeat = fields.number("HeartbeatSeconds", in: 1...Self.mostSeconds)
        if case .value(let limit) = timeout, case .value(let beat) = heartbeat, beat >= limit {
            fields.fault("HeartbeatSeconds", "the heartbeat (\(beat) s) is shorter than the time limit (\(limit) s)")
        }
        return TaskState(handler: handler, resource: resource, timeout: timeout, heartbeat: heartbeat)
    }

    private func wait(_ fields: inout FieldReader) -> WaitMoment {
        let names = ["Seconds", "SecondsPath", "Timestamp", "TimestampPath"]
        let given = names.filter { fields.has($0) }
        let seconds = fields.number("Seconds", in: 0...Self.mostSeconds)
        let text = fields.string("Timestamp")
        let path = fields.path("TimestampPath")
        guard given.count == 1 else {
            fields.list.add(fields.place, "a Wait state has exactly one of \(names.joined(separator: ", "))")
            return .seconds(.value(0))
        }
        if let text {
            if let moment = Timestamp(text) { return .timestamp(moment) }
            fields.fault("Timestamp", "'\(text)' is no moment such as \"2026-03-14T01:59:00Z\"")
        }
        return path.map { .timestampPath($0) } ?? .seconds(seconds ?? .value(0))
    }

    private func failText(_ field: String, _ fields: inout FieldReader) -> FailText {
        let text = fields.string(field)
        guard let path = fields.string(field + "Path") else { return text.map { .text($0) } ?? .none }
        if text != nil { fields.fault(field, "only one of '\(field)' and '\(field)Path' may be given") }
        let place = fields.place(of: field + "Path")
        guard let intrinsic = Intrinsic.read(path, at: place, { fields.list.add($0, $1) }) else { return .none }
        if let function = intrinsic.function, !function.makesText {
            let names = IntrinsicFunction.allCases.filter(\.makesText).map(\.rawValue).joined(separator: ", ")
            fields.list.add(place, "\(function.rawValue) makes no string; the functions here are \(names)")
        }
        return .computed(intrinsic)
    }

    private mutating func branches(_ fields: inout FieldReader) -> [StateGraph] {
        fields.objects("Branches", title: "a branch", isRequired: true).map { branch in
            var branch = branch
            _ = branch.string("Comment")
            let graph = graph(&branch)
            branch.finish()
            return graph
        }
    }

    /// `ItemSelector`, which was called `Parameters` once.
    private func selector(_ fields: inout FieldReader) -> PayloadTemplate? {
        let selector = fields.template("ItemSelector")
        let old = fields.template("Parameters")
        if selector != nil, old != nil {
            fields.fault("Parameters", "only one of 'ItemSelector' and 'Parameters' may be given")
        }
        return selector ?? old
    }

    private mutating func map(_ fields: inout FieldReader) -> MapState {
        let itemsPath = fields.path("ItemsPath")
        let concurrency = fields.number("MaxConcurrency", in: 0...1_000_000) ?? .value(0)
        let names = ["ItemProcessor", "Iterator"].filter { fields.has($0) }
        if names.count > 1 { fields.fault("Iterator", "only one of 'ItemProcessor' and 'Iterator' may be given") }
        var processor = StateGraph(startAt: "", states: [])
        for name in names {
            guard let value = fields.value(name),
                var inner = FieldReader(value, at: fields.place(of: name), title: "an \(name)", list)
            else { continue }
            _ = inner.string("Comment")
            if name == "ItemProcessor", let value = inner.value("ProcessorConfig"),
                var settings = FieldReader(
                    value, at: inner.place(of: "ProcessorConfig"), title: "a ProcessorConfig", list)
            {
                if let mode = settings.string("Mode"), mode != "INLINE" {
                    settings.fault("Mode", "only INLINE is supported, not '\(mode)'")
                }
                settings.finish()
            }
            processor = graph(&inner)
            inner.finish()
        }
        if names.isEmpty { fields.missing("ItemProcessor") }
        return MapState(itemsPath: itemsPath, processor: processor, maxConcurrency: concurrency)
    }
}
