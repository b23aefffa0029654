internal import Querying

/// A document of record, as hits show it; the store has a type of the same name.
typealias ShownDocument = StoredDocument
