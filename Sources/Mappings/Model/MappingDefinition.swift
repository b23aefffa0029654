package import JSON

/// A whole mapping as its JSON defines it: the root object and what stands beside `properties`.
package struct MappingDefinition: Sendable, Hashable {
    package var root = ObjectDefinition(name: "")
    package var dateDetection: Bool?
    package var numericDetection: Bool?
    /// Nil for the default formats.
    package var dynamicDateFormats: [String]?
    /// Nil if never given.
    package var dynamicTemplates: [DynamicTemplate]?
    package var meta: JSONValue?
    package var source = SourceOptions()
    package var requiresRouting: Bool?
    /// Metadata fields that are echoed and have no effect here, by name.
    package var otherMetadata: [String: JSONValue] = [:]

    package init() {}
}

/// What is kept of a document's `_source`.
public struct SourceOptions: Sendable, Hashable {
    /// Whether documents are kept for reading.
    public package(set) var isEnabled = true
    /// Patterns of the fields that are kept; empty for all.
    public package(set) var includes: [String] = []
    /// Patterns of the fields that are left out.
    public package(set) var excludes: [String] = []

    package init() {}
}

/// A rule for fields that no mapping names.
package struct DynamicTemplate: Sendable, Hashable {
    package let name: String
    package var pathMatch: String?
    package var pathUnmatch: String?
    package var match: String?
    package var unmatch: String?
    /// `string`, `long`, `double`, `boolean`, `date`, `object`, `binary`, or `*`.
    package var matchMappingType: String?
    /// `simple` or `regex`.
    package var matchPattern: String?
    package var mapping: JSONValue

    package init(name: String, mapping: JSONValue) {
        self.name = name
        self.mapping = mapping
    }
}
