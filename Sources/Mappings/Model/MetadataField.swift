public import SearchIndex

/// Fields that belong to the index and not to a mapping, with their fixed numbers.
public enum MetadataField: String, Sendable, CaseIterable {
    /// The routing that a document came with.
    case routing = "_routing"
    /// The names of the fields whose values were left out because they are malformed or too long.
    case ignored = "_ignored"
    /// The path of the nested object that a child document is.
    case nestedPath = "_nested_path"

    /// The number in the index.
    public var number: FieldNumber {
        switch self {
        case .routing: 0
        case .ignored: 1
        case .nestedPath: 2
        }
    }

    /// What the index keeps.
    public var options: FieldOptions {
        switch self {
        case .routing, .ignored: .keyword
        case .nestedPath: FieldOptions(indexing: .documents)
        }
    }

    /// The first number of a mapped field.
    static let firstFree: UInt32 = 8

    /// Names that no mapped field may have at the root.
    static let reserved: Set<String> = [
        "_id", "_index", "_source", "_routing", "_field_names", "_ignored", "_nested_path", "_seq_no", "_version",
        "_primary_term", "_doc_count", "_data_stream_timestamp", "_type",
    ]
}
