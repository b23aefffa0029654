public import ClusterAccess
public import Connectors

/// What a run needs from the program that it runs in.
public struct FineTuningServices: Sendable {
    /// The folder of a model that is named by path or by name; an error that says what is wrong if there is none.
    public var modelPath: @Sendable (String) throws -> String
    /// The cluster at an address; nil is the node that runs the pipeline.
    public var cluster: @Sendable (String?) async throws -> any SearchCluster
    /// Fetches a file of a bucket, `s3://bucket/key`, into a folder; the path of the copy.
    public var object: @Sendable (_ address: String, _ folder: String) async throws -> String
    /// How endpoints of language models are reached; nil: they are not.
    public var transport: (any ConnectorTransport)?
    /// The value of an environment variable: keys of endpoints, which stand in no file of a run.
    public var environment: @Sendable (String) -> String?
    /// Whether endpoints may lead to this machine or into a private network.
    public var allowsPrivateAddresses = true
    /// Name and version of the program, for model cards.
    public var program = "needletail"
    /// The command that repeats a run, for model cards; nil: not known.
    public var command: String?

    /// Services that find models; clusters, buckets and language models are not reached unless something is said.
    public init(
        modelPath: @escaping @Sendable (String) throws -> String,
        cluster: @escaping @Sendable (String?) async throws -> any SearchCluster = Self.noCluster,
        object: @escaping @Sendable (_ address: String, _ folder: String) async throws -> String = Self.noObject,
        transport: (any ConnectorTransport)? = nil, environment: @escaping @Sendable (String) -> String? = { _ in nil }
    ) {
        self.modelPath = modelPath
        self.cluster = cluster
        self.object = object
        self.transport = transport
        self.environment = environment
    }

    /// Refuses: there is no cluster to talk to.
    public static let noCluster: @Sendable (String?) async throws -> any SearchCluster = { _ in
        throw FineTuningError(
            .cluster, field: "opensearch_endpoint", "this program reaches no cluster",
            advice: "Take the documents from a file")
    }

    /// Refuses: there is no bucket to read from.
    public static let noObject: @Sendable (_ address: String, _ folder: String) async throws -> String = { address, _ in
        throw FineTuningError(
            .corpus, field: "s3_corpus_path", path: address, "this program reads no buckets",
            advice: "Copy the file ('aws s3 cp') and set input_type to file, with corpus_path")
    }
}
