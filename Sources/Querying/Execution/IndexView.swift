public import Mappings
public import SearchIndex
public import TextAnalysis

/// An index at one moment, as searches see it: what is searched, what it means, and where sources come from.
public protocol IndexView: Sendable {
    /// The name of the index.
    var name: String { get }
    /// The index's UUID, which errors show.
    var uuid: String { get }
    /// The documents.
    var snapshot: IndexSnapshot { get }
    /// The fields.
    var mapping: Mapping { get }
    /// The analysers and normalisers.
    var analysis: AnalysisRegistry { get }
    /// The bounds of the index's settings.
    var limits: SearchRequest.Limits { get }
    /// What an alias lets through; `nil`: everything.
    var filter: Query? { get }
    /// The setting `index.query.default_field`: which fields are searched when a query names none, each perhaps with a boost (`title^2`).
    var defaultFields: [String] { get }
    /// The setting `index.query_string.lenient`.
    var isLenient: Bool { get }
    /// The parameters of a similarity of the settings; `nil` for one that is not BM25.
    func similarity(named name: String) -> BM25?
    /// The sequence numbers of all versions of documents with these ids that the snapshot may hold.
    func seqNos(ofIDs ids: [String]) throws -> [Int64]
    /// What is kept of documents, in the order asked; `nil` for one that is gone.
    func documents(_ seqNos: [Int64]) throws -> [StoredDocument?]
    /// The `_id` of documents, in the order asked; `nil` for one that is gone.
    func ids(ofSeqNos seqNos: [Int64]) throws -> [String?]
}

extension IndexView {
    /// OpenSearch's defaults.
    public var limits: SearchRequest.Limits { SearchRequest.Limits() }
    /// No alias.
    public var filter: Query? { nil }
    /// All fields.
    public var defaultFields: [String] { ["*"] }
    /// Values of the wrong type are errors.
    public var isLenient: Bool { false }
    /// Lucene's BM25.
    public func similarity(named name: String) -> BM25? { BM25() }

    /// Looks whether what was read is damaged: readers go on behind a damaged list as if it ended, so a search is complete only without.
    func checkDamage() throws {
        guard let damage = snapshot.damage else { return }
        throw SearchError(
            type: "corrupt_index_exception", reason: "\(damage)", status: 500, phase: .query, index: name)
    }

    /// Read with the whole documents.
    public func ids(ofSeqNos seqNos: [Int64]) throws -> [String?] { try documents(seqNos).map { $0?.id } }
}

/// A document of record, as a hit shows it.
public struct StoredDocument: Sendable {
    /// Its `_id`.
    public var id: String
    /// Its sequence number.
    public var seqNo: Int64
    /// Its primary term.
    public var primaryTerm: Int
    /// Its version.
    public var version: Int
    /// Its routing.
    public var routing: String?
    /// Its source as it was sent.
    public var source: [UInt8]

    /// Makes a document.
    public init(
        id: String, seqNo: Int64, primaryTerm: Int = 1, version: Int = 1, routing: String? = nil, source: [UInt8]
    ) {
        self.id = id
        self.seqNo = seqNo
        self.primaryTerm = primaryTerm
        self.version = version
        self.routing = routing
        self.source = source
    }
}

/// Finds values that a query names in another document (`terms` lookup).
public protocol TermsLookup: Sendable {
    /// The source of a document; `nil` if there is none.
    func source(index: String, id: String, routing: String?) throws -> [UInt8]?
}
