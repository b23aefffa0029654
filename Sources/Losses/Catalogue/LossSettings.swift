/// The given parameters of one loss, while a loss is made of them: every read one is ticked off, the rest is an error.
struct LossSettings {
    let kind: LossKind
    private var given: [String: LossSetting]

    init(_ given: [String: LossSetting], for kind: LossKind) {
        self.kind = kind
        self.given = given
    }

    private func wrong(_ name: String, _ value: LossSetting?, _ wanted: String) -> LossError {
        LossError(
            .badParameter, loss: kind.name, parameter: name,
            reason: value.map { "\(name) is \($0)" } ?? "\(name) is missing", advice: "Give \(wanted)")
    }

    private mutating func take(_ name: String) -> LossSetting? {
        guard let parameter = kind.parameters.first(where: { $0.name == name }) else {
            preconditionFailure("loss \(kind.name) has no parameter \(name)")
        }
        return given.removeValue(forKey: name) ?? parameter.standard
    }

    /// A number for which `isValid` holds, or nil where there is none and no standard value.
    mutating func optionalNumber(
        _ name: String, _ wanted: String, where isValid: (Double) -> Bool = { _ in true }
    ) throws(LossError) -> Double? {
        guard let value = take(name) else { return nil }
        guard case .number(let number) = value, number.isFinite, isValid(number) else {
            throw wrong(name, value, wanted)
        }
        return number
    }

    /// A number for which `isValid` holds.
    mutating func number(
        _ name: String, _ wanted: String = "a number", where isValid: (Double) -> Bool = { _ in true }
    ) throws(LossError) -> Double {
        guard let number = try optionalNumber(name, wanted, where: isValid) else { throw wrong(name, nil, wanted) }
        return number
    }

    /// A number above 0, or nil where there is none and no standard value.
    mutating func optionalPositive(_ name: String) throws(LossError) -> Double? {
        try optionalNumber(name, "a number above 0") { $0 > 0 }
    }

    /// A number above 0.
    mutating func positive(_ name: String) throws(LossError) -> Double {
        try number(name, "a number above 0") { $0 > 0 }
    }

    /// A number of at least 0.
    mutating func notNegative(_ name: String) throws(LossError) -> Double {
        try number(name, "a number of at least 0") { $0 >= 0 }
    }

    /// A whole number above 0, or nil where there is none and no standard value.
    mutating func optionalCount(_ name: String) throws(LossError) -> Int? {
        try optionalNumber(name, "a whole number above 0") { $0 >= 1 && $0 == $0.rounded() && $0 < 1e9 }.map { Int($0) }
    }

    /// Yes or no.
    mutating func flag(_ name: String) throws(LossError) -> Bool {
        let value = take(name)
        guard case .flag(let flag) = value else { throw wrong(name, value, "true or false") }
        return flag
    }

    /// A word.
    mutating func text(_ name: String, _ wanted: String) throws(LossError) -> String {
        let value = take(name)
        guard case .text(let text) = value else { throw wrong(name, value, wanted) }
        return text
    }

    /// One of an enumeration's values, or nil where there is none and no standard value.
    mutating func optionalChoice<Choice: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(LossError) -> Choice? where Choice.RawValue == String {
        guard let value = take(name) else { return nil }
        guard case .text(let text) = value, let choice = Choice(rawValue: text) else {
            throw wrong(name, value, "one of: \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// One of an enumeration's values.
    mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(LossError) -> Choice where Choice.RawValue == String {
        guard let choice: Choice = try optionalChoice(name) else {
            throw wrong(name, nil, "one of: \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    /// Several of an enumeration's values; one word stands for a list of one.
    mutating func choices<Choice: RawRepresentable & CaseIterable>(
        _ name: String
    ) throws(LossError) -> [Choice] where Choice.RawValue == String {
        let value = take(name)
        var texts: [String] = []
        if case .texts(let several) = value { texts = several }
        if case .text(let one) = value { texts = [one] }
        let choices = texts.compactMap { Choice(rawValue: $0) }
        guard !choices.isEmpty, choices.count == texts.count else {
            throw wrong(name, value, "some of: \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choices
    }

    /// Several numbers for which `isValid` holds, or nil where there are none and no standard value; one number stands for a list of one.
    mutating func optionalNumbers(
        _ name: String, _ wanted: String, where isValid: (Double) -> Bool
    ) throws(LossError) -> [Double]? {
        guard let value = take(name) else { return nil }
        var numbers: [Double] = []
        if case .numbers(let several) = value { numbers = several }
        if case .number(let one) = value { numbers = [one] }
        guard !numbers.isEmpty, numbers.allSatisfy({ $0.isFinite && isValid($0) }) else {
            throw wrong(name, value, wanted)
        }
        return numbers
    }

    /// What is left: the parameters of a loss within this one.
    mutating func takeRest() -> [String: LossSetting] {
        defer { given = [:] }
        return given
    }

    /// Ends the reading: whatever is left has a name that the loss does not know.
    func finish() throws(LossError) {
        guard let name = given.keys.min() else { return }
        let known = kind.parameters.map(\.name)
        throw LossError(
            .badParameter, loss: kind.name, parameter: name, reason: "it has no parameter \(name)",
            advice: known.isEmpty ? "It has none" : "It has: \(known.joined(separator: ", "))")
    }
}
