import JSON

extension DefinitionReader {
    func choice(_ fields: inout FieldReader) -> State.Kind {
        var branches: [ChoiceBranch] = []
        for var inner in fields.objects("Choices", title: "a choice", isRequired: true) {
            let next = inner.string("Next", isRequired: true) ?? ""
            if let rule = rule(&inner) { branches.append(ChoiceBranch(rule: rule, next: next)) }
        }
        return .choice(branches, default: fields.string("Default"))
    }

    /// Reads a condition and finishes its object.
    private func rule(_ fields: inout FieldReader) -> ChoiceRule? {
        _ = fields.string("Comment")
        let names = fields.object.keys.filter { Self.operators.contains($0) }
        guard names.count == 1 else {
            let reason =
                names.isEmpty
                ? "needs an operator such as StringEquals" : "has one operator, not \(names.joined(separator: " and "))"
            fields.list.add(fields.place, "\(fields.title) \(reason)")
            return nil
        }
        defer { fields.finish() }
        let name = names[0]
        switch name {
        case "And", "Or":
            let rules = fields.objects(name, title: "a rule", isRequired: true).compactMap { inner in
                var inner = inner
                return rule(&inner)
            }
            return name == "And" ? .and(rules) : .or(rules)
        case "Not":
            guard let value = fields.value(name),
                var inner = FieldReader(value, at: fields.place(of: name), title: "a rule", list)
            else { return nil }
            return rule(&inner).map { .not($0) }
        default:
            if !fields.has("Variable") { fields.missing("Variable") }
            let variable = fields.path("Variable")
            guard let test = test(name, &fields), let variable else { return nil }
            return .test(variable: variable, test)
        }
    }

    private static let operators: Set<String> = {
        var names: Set<String> = ["And", "Or", "Not", "StringMatches", "IsPresent"]
        for nature in ChoiceTest.Nature.allCases { names.insert(nature.rawValue) }
        for family in ChoiceTest.Family.allCases {
            for order in ChoiceTest.Order.allCases where family != .boolean || order == .equals {
                names.insert(family.rawValue + order.rawValue)
                names.insert(family.rawValue + order.rawValue + "Path")
            }
        }
        return names
    }()

    private func test(_ name: String, _ fields: inout FieldReader) -> ChoiceTest? {
        if name == "StringMatches" { return fields.string(name).map { .matches($0) } }
        if name == "IsPresent" { return fields.bool(name).map { .isPresent($0) } }
        if let nature = ChoiceTest.Nature(rawValue: name) { return fields.bool(name).map { .has(nature, $0) } }
        for family in ChoiceTest.Family.allCases where name.hasPrefix(family.rawValue) {
            let isPath = name.hasSuffix("Path")
            let order = String(name.dropFirst(family.rawValue.count).dropLast(isPath ? 4 : 0))
            guard let order = ChoiceTest.Order(rawValue: order) else { continue }
            if isPath { return fields.path(name).map { .compares(family, order, .path($0)) } }
            guard let value = fields.value(name) else { return nil }
            guard family.takes(value) else {
                fields.fault(name, "\(family.expectation) is expected, not \(FieldReader.shown(value))")
                return nil
            }
            return .compares(family, order, .value(value))
        }
        return nil
    }

    func retriers(_ fields: inout FieldReader) -> [Retrier] {
        let readers = fields.objects("Retry", title: "a rule of Retry")
        return readers.enumerated().map { index, inner in
            var inner = inner
            var retrier = Retrier(errors: errors(&inner, isLast: index == readers.count - 1))
            _ = inner.string("Comment")
            retrier.interval = inner.integer("IntervalSeconds", in: 1...Self.mostSeconds) ?? 1
            retrier.maxAttempts = inner.integer("MaxAttempts", in: 0...Self.mostSeconds) ?? 3
            if let value = inner.value("BackoffRate") {
                if let rate = value.double, rate >= 1 {
                    retrier.backoffRate = rate
                } else {
                    inner.fault("BackoffRate", "a number from 1.0 on is expected, not \(FieldReader.shown(value))")
                }
            }
            retrier.maxDelay = inner.integer("MaxDelaySeconds", in: 1...31_622_399)
            if let most = retrier.maxDelay, most <= retrier.interval {
                inner.fault("MaxDelaySeconds", "it is greater than IntervalSeconds (\(retrier.interval))")
            }
            switch inner.string("JitterStrategy") {
            case nil, "NONE": break
            case "FULL": retrier.hasFullJitter = true
            case let other?: inner.fault("JitterStrategy", "FULL or NONE is expected, not '\(other)'")
            }
            inner.finish()
            return retrier
        }
    }

    func catchers(_ fields: inout FieldReader) -> [Catcher] {
        let readers = fields.objects("Catch", title: "a rule of Catch")
        return readers.enumerated().map { index, inner in
            var inner = inner
            var catcher = Catcher(
                errors: errors(&inner, isLast: index == readers.count - 1),
                next: inner.string("Next", isRequired: true) ?? "")
            _ = inner.string("Comment")
            catcher.resultPlace = inner.resultPlace()
            inner.finish()
            return catcher
        }
    }

    private func errors(_ fields: inout FieldReader, isLast: Bool) -> [String] {
        guard let value = fields.value("ErrorEquals") else {
            fields.missing("ErrorEquals")
            return []
        }
        guard let elements = value.array, !elements.isEmpty else {
            fields.fault("ErrorEquals", "an array of names of errors is expected")
            return []
        }
        let names = elements.compactMap(\.string)
        if names.count < elements.count { fields.fault("ErrorEquals", "the names of errors are strings") }
        for name in names where name.hasPrefix("States.") && ReservedError(rawValue: name) == nil {
            fields.fault(
                "ErrorEquals", "'\(name)' is no error of the States Language, and names of others do not begin so")
        }
        if names.contains(ReservedError.all.rawValue), names.count > 1 || !isLast {
            fields.fault("ErrorEquals", "States.ALL stands alone, and in the last rule")
        }
        return names
    }
}
