public import JSON

/// `_source`: whether a hit shows its source, and which part of it.
public struct SourceFilter: Sendable, Hashable {
    /// Whether it shows any.
    public var fetch: Bool
    /// Dotted paths or patterns; empty: all.
    public var includes: [String]
    /// Dotted paths or patterns that are left out.
    public var excludes: [String]

    /// Makes a filter.
    public init(fetch: Bool = true, includes: [String] = [], excludes: [String] = []) {
        self.fetch = fetch
        self.includes = includes
        self.excludes = excludes
    }

    /// Whether the source stays as it is.
    public var isWhole: Bool { includes.isEmpty && excludes.isEmpty }

    /// The part of a source that passes.
    ///
    /// As OpenSearch has it: a pattern that matches an object takes all below it, excludes win over includes, and objects that
    /// are emptied by includes disappear.
    public func apply(_ source: JSONValue) -> JSONValue {
        guard !isWhole, case .object(let object) = source else { return source }
        return .object(filter(object, prefix: "", included: includes.isEmpty))
    }

    private func filter(_ object: JSONObject, prefix: String, included: Bool) -> JSONObject {
        var members: [(key: String, value: JSONValue)] = []
        for member in object {
            let path = prefix.isEmpty ? member.key : "\(prefix).\(member.key)"
            if excludes.contains(where: { Wildcard.matches($0, path) }) { continue }
            let isIncluded = included || includes.contains { Wildcard.matches($0, path) }
            if !isIncluded, !includes.contains(where: { Wildcard.matchesPrefix($0, path + ".") }) { continue }
            guard let value = filter(member.value, path: path, included: isIncluded) else { continue }
            members.append((member.key, value))
        }
        return JSONObject(members)
    }

    private func filter(_ value: JSONValue, path: String, included: Bool) -> JSONValue? {
        switch value {
        case .object(let object):
            let kept = filter(object, prefix: path, included: included)
            return kept.isEmpty && !included ? nil : .object(kept)
        case .array(let elements):
            let kept = elements.compactMap { element -> JSONValue? in
                switch element {
                case .object, .array: filter(element, path: path, included: included)
                default: included ? element : nil
                }
            }
            return kept.isEmpty && !included ? nil : .array(kept)
        default:
            return included ? value : nil
        }
    }
}
