/// An object that documents can have, ready for indexing: the root, a plain object or a nested one.
public final class MappedObject: Sendable {
    /// What a name inside an object stands for.
    package enum Child: Sendable {
        case field(MappedField)
        case object(MappedObject)
        /// An alias, which documents must not use.
        case alias(String)
    }

    /// The full path: `author.address`; empty for the root.
    public let path: String
    /// Whether each value becomes a document of its own.
    public let isNested: Bool
    /// Whether its fields are read at all.
    public let isEnabled: Bool
    /// What happens to fields that are not mapped; inherited from the object around.
    package let dynamic: ObjectDefinition.Dynamic
    package let includesInParent: Bool
    package let includesInRoot: Bool
    /// The path of the nested object that this one is or is part of.
    public let nestedPath: String?
    /// Whether a nested object is this one or below it.
    package let hasNested: Bool
    package let children: [Child]
    /// The places of children in ``children`` by name.
    package let names: NameTable

    init(
        definition: ObjectDefinition, path: String, dynamic: ObjectDefinition.Dynamic, nestedPath: String?,
        children: [(name: String, child: Child)]
    ) {
        self.path = path
        isNested = definition.nesting != nil
        isEnabled = definition.isEnabled
        self.dynamic = dynamic
        includesInParent = definition.nesting?.includeInParent ?? false
        includesInRoot = definition.nesting?.includeInRoot ?? false
        self.nestedPath = nestedPath
        var hasNested = definition.nesting != nil
        for (_, child) in children {
            if case .object(let object) = child, object.hasNested { hasNested = true }
        }
        self.hasNested = hasNested
        self.children = children.map(\.child)
        names = NameTable(children.map(\.name))
    }

    package func child(_ name: some Sequence<UInt8>) -> Child? {
        let place = Array(name).withUnsafeBufferPointer { names.place(of: $0) }
        return place < 0 ? nil : children[place]
    }
}
