import Mappings
import SearchIndex

/// The documents of a segment that are nested objects of one path.
func nestedDocuments(_ path: String, in segment: Segment) -> DocumentSet? {
    guard let postings = segment.postings(MetadataField.nestedPath.number, Array(path.utf8)) else { return nil }
    var set = DocumentSet(capacity: segment.documentCount)
    var document = postings.next()
    while document < noMoreDocuments {
        set.insert(document)
        document = postings.next()
    }
    return set
}

/// `nested`: the nested objects of a path in place of the documents that they belong to.
final class NestedAggregator: SingleBucketAggregator {
    private let path: String?
    /// The nested objects that the documents of the aggregation around are; nil for whole documents.
    private let parentPath: String?
    private var objects: DocumentSet?
    private var parents: DocumentSet?

    init(path: String?, parentPath: String?, children: [Aggregator]) {
        self.path = path
        self.parentPath = parentPath
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        objects = path.flatMap { nestedDocuments($0, in: segment) }
        parents = parentPath.map { nestedDocuments($0, in: segment) } ?? segment.roots
        try super.begin(segment)
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {
        guard let objects, let parents else { return }
        // Children lie between the parent before and their own.
        let before = document > 0 ? parents.previous(from: document - 1) : -1
        var object = objects.next(from: before + 1)
        while object < document {
            try add(object, score, bucket)
            object = objects.next(from: object + 1)
        }
    }
}

/// `reverse_nested`: the documents (or outer objects) that nested objects belong to, each once for a bucket.
final class ReverseNestedAggregator: SingleBucketAggregator {
    private let path: String?
    private var parents: DocumentSet?
    /// The last parent of each bucket.
    private var last = BucketArray(-1)
    private var base = 0

    init(path: String?, children: [Aggregator]) {
        self.path = path
        super.init(children: children)
    }

    override func begin(_ segment: Segment) throws {
        parents = path.map { nestedDocuments($0, in: segment) } ?? segment.roots
        base = segment.base
        try super.begin(segment)
    }

    override func collect(_ document: Int, _ score: Float, _ bucket: Int) throws {
        let parent = parents?.next(from: document) ?? (path == nil ? document : noMoreDocuments)
        guard parent < noMoreDocuments, last[bucket] != base + parent else { return }
        last[bucket] = base + parent
        try add(parent, score, bucket)
    }
}
