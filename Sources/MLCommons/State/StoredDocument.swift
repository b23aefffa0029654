import ClusterState
import JSON

/// A document as it is written down: what clients see, how often it was changed, and what only the node needs.
struct StoredDocument: Sendable {
    /// What clients see.
    var source: JSONObject
    /// What only the node needs: where files are, which task is at work.
    var own: JSONObject
    /// Counts changes of this document, from 1.
    fileprivate(set) var version: Int
    /// Orders the last changes of all documents.
    fileprivate(set) var sequence: Int
    /// Orders the documents by when they were made.
    fileprivate(set) var birth: Int

    init(_ source: JSONObject, own: JSONObject = [:]) {
        self.source = source
        self.own = own
        version = 0
        sequence = 0
        birth = 0
    }

    init?(_ body: JSONValue) {
        guard let source = body["source"]?.object, let version = body["version"]?.int,
            let sequence = body["sequence"]?.int
        else { return nil }
        self.source = source
        own = body["own"]?.object ?? [:]
        self.version = version
        self.sequence = sequence
        birth = body["birth"]?.int ?? sequence
    }

    var body: JSONValue {
        [
            "source": .object(source), "own": .object(own), "version": .number(JSONNumber(version)),
            "sequence": .number(JSONNumber(sequence)), "birth": .number(JSONNumber(birth)),
        ]
    }

    func text(_ name: String) -> String? { source[name]?.string }
}

/// A change of several documents, made at once or not at all.
struct DocumentDraft {
    fileprivate var metadata: ClusterMetadata
    /// Milliseconds since 1970.
    let now: Int64

    /// The settings that hold.
    var settings: MLSettings { MLSettings(metadata) }

    /// What orders the changes that this draft makes among all changes.
    var sequence: Int { metadata.version }

    /// A document; setting `nil` removes it.
    subscript(kind: DocumentKind, id: String) -> StoredDocument? {
        get { metadata[kind.metadataKind, id].flatMap(StoredDocument.init) }
        set {
            guard var document = newValue else {
                metadata[kind.metadataKind, id] = nil
                return
            }
            document.version += 1
            document.sequence = metadata.version
            if document.birth == 0 { document.birth = metadata.version }
            metadata[kind.metadataKind, id] = document.body
        }
    }

    /// All documents of a kind in the order in which they were made.
    func all(_ kind: DocumentKind) -> [(id: String, document: StoredDocument)] { DocumentState.all(kind, in: metadata) }
}

/// The documents of ML Commons in the node's metadata.
struct DocumentState: Sendable {
    let metadata: MetadataStore
    let now: @Sendable () -> Int64

    /// A document; nil if there is none.
    subscript(kind: DocumentKind, id: String) -> StoredDocument? {
        metadata.current[kind.metadataKind, id].flatMap(StoredDocument.init)
    }

    /// All documents of a kind in the order in which they were made.
    func all(_ kind: DocumentKind) -> [(id: String, document: StoredDocument)] { Self.all(kind, in: metadata.current) }

    fileprivate static func all(_ kind: DocumentKind, in metadata: ClusterMetadata)
        -> [(id: String, document: StoredDocument)]
    {
        metadata.all(kind.metadataKind).compactMap { entry in
            StoredDocument(entry.value).map { (id: entry.key, document: $0) }
        }.sorted { ($0.document.birth, $0.id) < ($1.document.birth, $1.id) }
    }

    /// The settings that hold now.
    var settings: MLSettings { MLSettings(metadata.current) }

    /// Changes documents; what `body` throws leaves everything as it was.
    @discardableResult
    func update<Value>(_ body: (inout DocumentDraft) throws -> Value) throws -> Value {
        try metadata.update { metadata in
            var draft = DocumentDraft(metadata: metadata, now: now())
            let value = try body(&draft)
            metadata = draft.metadata
            return value
        }
    }
}
