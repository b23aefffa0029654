public import Access
internal import ClusterState
internal import HTTPTypes
public import Indices
internal import JSON
public import MLCommons
internal import Pipelines
public import Querying
public import Routing

/// The node as the OpenSearch API shows it: indices, metadata, tasks, and the threads that answer.
public final class OpenSearchNode: Sendable {
    /// The version of OpenSearch whose behaviour is followed, as clients ask for it.
    public static let compatibleVersion = "3.3.0"

    let indices: NodeIndices
    let metadata: MetadataStore
    let name: String
    let clusterName: String
    /// `host:port` as clients reach it.
    let address: String
    /// What every answer says of the product.
    let productHeader: HTTPFields
    let threads: WorkThreads
    let cores: Int
    /// Encodes the texts of queries; nil: queries with texts fail as with a model that is not known.
    let encoder: (any QueryEncoding)?
    /// Encodes the texts of documents; nil: pipelines with models fail.
    let documentEncoder: (any DocumentTextEncoding)?
    let ingestPipelines = IngestPipelines()
    /// Model groups, models and their tasks; nil: the node has none of that.
    let machineLearning: MLCommons?
    /// Scores passages for searches that rerank; nil: they fail as with a model that is not known.
    let scorer: (any PassageScoring)?
    let pipelineStatistics = PipelineStatistics()
    /// Makes and checks what is kept of passwords and keys; nil: access is not checked.
    let secrets: (any SecretKeeping)?
    let tasks: TaskRegistry
    let started = Clock.milliseconds
    let startedAt = ContinuousClock.now

    /// A node over its data.
    ///
    /// - Parameters:
    ///   - indices: all that the node keeps.
    ///   - name: the node's name in answers.
    ///   - clusterName: the cluster's name in answers.
    ///   - address: `host:port` in answers.
    ///   - namesElasticProduct: whether every answer carries `X-Elastic-Product: Elasticsearch`, without which clients of Elasticsearch (from
    ///     version 8) refuse a server.
    ///   - cores: how many cores searches may keep busy.
    ///   - secrets: makes and checks what is kept of passwords and keys; with it every request needs an ``APIRequest/caller``, and users and
    ///     roles can be administrated.
    ///   - encoder: encodes the texts of `neural` and `neural_sparse` queries; `nil`: there are no models.
    ///   - scorer: scores passages for search pipelines that rerank; `nil`: there are no models.
    ///   - documentEncoder: encodes the texts of documents for ingest pipelines; `nil`: there are no models.
    ///   - machineLearning: what `_plugins/_ml` is served from; `nil`: those paths are not known.
    public init(
        indices: NodeIndices, name: String = "needletail", clusterName: String = "needletail",
        address: String = "127.0.0.1:9200", namesElasticProduct: Bool = false, cores: Int = 2,
        secrets: (any SecretKeeping)? = nil, encoder: (any QueryEncoding)? = nil,
        scorer: (any PassageScoring)? = nil,
        documentEncoder: (any DocumentTextEncoding)? = nil, machineLearning: MLCommons? = nil
    ) {
        self.indices = indices
        metadata = indices.metadata
        self.name = name
        self.clusterName = clusterName
        self.address = address
        productHeader = namesElasticProduct ? [HTTPField.Name("X-Elastic-Product")!: "Elasticsearch"] : [:]
        self.cores = max(1, cores)
        self.secrets = secrets
        self.encoder = encoder
        self.documentEncoder = documentEncoder
        self.machineLearning = machineLearning
        self.scorer = scorer
        threads = WorkThreads(cores: cores)
        tasks = TaskRegistry(node: metadata.current.nodeID)
    }

    /// All operations.
    var endpoints: [Endpoint] {
        let areas: [[Endpoint]] = [
            InformationEndpoints(node: self).endpoints, ClusterEndpoints(node: self).endpoints,
            NodeEndpoints(node: self).endpoints, TaskEndpoints(node: self).endpoints,
            CatEndpoints(node: self).endpoints, TemplateEndpoints(node: self).endpoints,
            DataStreamEndpoints(node: self).endpoints, AliasEndpoints(node: self).endpoints,
            AnalyzeEndpoints(node: self).endpoints, DocumentEndpoints(node: self).endpoints,
            BulkEndpoints(node: self).endpoints, MultiGetEndpoints(node: self).endpoints,
            IndexSettingsEndpoints(node: self).endpoints, IndexEndpoints(node: self).endpoints,
            MappingEndpoints(node: self).endpoints, MaintenanceEndpoints(node: self).endpoints,
            SearchEndpoints(node: self).endpoints, SearchPipelineEndpoints(node: self).endpoints,
            IngestPipelineEndpoints(node: self).endpoints,
            MultiSearchEndpoints(node: self).endpoints,
            CursorEndpoints(node: self).endpoints, FieldCapabilities(node: self).endpoints,
            StoredScriptEndpoints(node: self).endpoints, PainlessExecution(node: self).endpoints,
            SearchTemplateEndpoints(node: self).endpoints,
            TermVectorsEndpoints(node: self).endpoints, ByQueryEndpoints(node: self).endpoints,
            RankEvaluation(node: self).endpoints, VectorEndpoints(node: self).endpoints,
            NeuralStatistics(node: self).endpoints, SecurityEndpoints(node: self).endpoints,
            UserEndpoints(node: self).endpoints, APIKeyEndpoints(node: self).endpoints,
            UnsupportedEndpoints().endpoints,
            machineLearning.map { MachineLearningEndpoints(commons: $0).endpoints } ?? [],
        ]
        return areas.flatMap { $0 }
    }

    /// Threads for work that goes on after its request was answered and that may block on disks.
    public var backgroundThreads: any TaskExecutor { threads.executor(of: .generic) }

    /// Adds all operations to a table; unknown paths are told in OpenSearch's words where the table's fallback does so.
    public func addRoutes(to table: inout RouteTable) {
        for endpoint in endpoints { table.add(endpoint.routes(of: self)) }
    }
}
