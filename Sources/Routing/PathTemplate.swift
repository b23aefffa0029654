/// A path with named parts: `/inference/cross/{name}`.
///
/// A name matches one segment, which is percent-decoded after the path was cut at its slashes, so a value may hold `%2F`.
/// Empty segments count: `/embed/` is another path than `/embed`.
public struct PathTemplate: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
    enum Segment: Sendable, Hashable {
        case literal(String)
        case parameter(String)
    }

    let segments: [Segment]
    /// The template as written.
    public let description: String

    /// Reads a template; it begins with a slash.
    public init(_ text: String) {
        precondition(text.hasPrefix("/"), "a path begins with a slash")
        description = text
        segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map { part in
            part.hasPrefix("{") && part.hasSuffix("}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    /// A template from a literal.
    public init(stringLiteral value: String) { self.init(value) }

    /// Whether no part is named.
    var isLiteral: Bool { segments.allSatisfy { if case .literal = $0 { true } else { false } } }

    /// Names and values of a path that matches; nil if it does not.
    func match(_ parts: [String]) -> [String: String]? {
        guard parts.count == segments.count else { return nil }
        var values: [String: String] = [:]
        for (segment, part) in zip(segments, parts) {
            switch segment {
            case .literal(let text): if text != part { return nil }
            case .parameter(let name):
                if part.isEmpty { return nil }
                values[name] = part
            }
        }
        return values
    }
}
