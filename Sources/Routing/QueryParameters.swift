import PercentEncoding

/// The decoded part of a URI behind the question mark.
public struct QueryParameters: Sendable, Hashable {
    /// Names and values in the order sent; a name without `=` has an empty value.
    public let items: [Item]

    /// A name with its value.
    public struct Item: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public let value: String
    }

    /// Reads a query as sent, without the question mark.
    public init(_ text: some StringProtocol) {
        items = text.split(separator: "&").map { part in
            let name = part.prefix { $0 != "=" }
            return Item(
                name: name.percentDecoded(plusIsSpace: true),
                value: part.dropFirst(name.count + 1).percentDecoded(plusIsSpace: true))
        }
    }

    /// The last value of a name; nil if it was not given.
    public subscript(name: String) -> String? { items.last { $0.name == name }?.value }
}
