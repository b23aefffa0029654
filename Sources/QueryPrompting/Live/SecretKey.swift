/// The key of a service, which shows itself nowhere but in the header of a request.
public struct SecretKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let value: String

    /// A key.
    public init(_ value: String) { self.value = value }

    /// Never the key.
    public var description: String { "(secret)" }
    /// Never the key.
    public var debugDescription: String { description }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// A text without the key, if it holds it.
    func removed(from text: String) -> String {
        value.isEmpty ? text : text.replacing(value, with: description)
    }
}
