internal import DocumentStore

/// A document of record, as the store keeps it; searches have a type of the same name for what hits show.
typealias KeptDocument = StoredDocument
