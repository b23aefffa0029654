import Access
import ClusterState
import ConnectorHosting
import Credentials
import FineTuning
import FineTuningHosting
import FineTuningReport
import Indices
import Inference
import MLCommons
import ModelHosting
import ModelHub
import OpenSearchAPI
import Routing
import Serving
import Settings
import Tensors
import TextEncoding

/// The documents of the settings behind the OpenSearch API.
final class ServedDocuments: Sendable {
    private let indices: NodeIndices
    private let machineLearning: MLCommons
    private let transport = NetworkTransport()
    /// Answers the requests of fine-tuning runs.
    private let ownRequests = NodeCluster()
    private let node: OpenSearchNode
    /// What is asked of callers; nil: nothing.
    let access: ServedAccess?

    /// How unknown paths are told.
    static let faults: any FaultRenderer = OpenSearchFaults()

    /// Takes the data folder; nil if the settings name none.
    ///
    /// - Parameters:
    ///   - engine: its models encode the texts of queries and of documents, and score passages; models of ML Commons join them.
    ///   - hub: where models of ML Commons come from.
    init?(_ settings: ProgramSettings, engine: InferenceEngine, hub: ModelHub) async throws {
        guard let path = settings.dataPath else { return nil }
        try Self.checkAccess(settings)
        do {
            indices = try NodeIndices(try DataFolder(path: path)) { line in
                StandardError.write("needletail: \(line)\n")
            }
        } catch let error as ClusterStateError {
            throw CommandFailure(error.kind == .missing ? .missingInput : .badConfiguration, "\(error)")
        } catch let error as IndicesError {
            throw CommandFailure(.badData, "\(path): \(error)")
        }
        do {
            access = try await ServedAccess(settings, indices.metadata)
        } catch {
            indices.shutDown()
            throw error
        }
        machineLearning = MLCommons(
            metadata: indices.metadata, folder: "\(path)/ml-models",
            supply: HubSupply(
                hub: hub, downloads: "\(path)/downloads", reachesPrivateAddresses: settings.reachesPrivateAddresses,
                companions: CompanionModels(standsIn: settings.startersStandIn) { ModelLocator.inFolders($0) }),
            host: EngineHost(engine: engine, precision: settings.deployedPrecision),
            connectors: ConnectorServices(transport: transport, cipher: NodeKey(path: "\(path)/connectors.key")),
            fineTuning: Self.fineTuning(settings, path, indices.metadata, ownRequests))
        let encoding = NodeEncoding(
            machineLearning, queries: EngineQueryEncoding(engine), documents: TextBatchEncoder(engine),
            passages: EnginePassageScoring(engine))
        node = OpenSearchNode(
            indices: indices, name: settings.nodeName, clusterName: settings.clusterName,
            address: "\(settings.server.host):\(settings.server.port)",
            namesElasticProduct: settings.namesElasticProduct,
            cores: settings.inference.threads ?? WorkerPool.defaultThreadCount, secrets: access?.secrets,
            encoder: encoding, scorer: encoding, documentEncoder: encoding, machineLearning: machineLearning)
        var routes = RouteTable(fallback: Self.faults)
        node.addRoutes(to: &routes)
        ownRequests.use(routes)
    }

    /// The fine-tuning runs of the data folder.
    private static func fineTuning(
        _ settings: ProgramSettings, _ path: String, _ metadata: MetadataStore, _ node: NodeCluster
    ) -> FineTuningRuns {
        var services = FineTuningServices(modelPath: { name in
            try ModelNotFound.told { try ModelLocator.named(name) }
        })
        services.program = "needletail \(programVersion)"
        let hasKeys = !settings.server.apiKeys.isEmpty
        return FineTuningRuns(
            folder: "\(path)/finetuning", services: services, node: node,
            callers: { owner in
                let current = metadata.current
                let directory = AccessDirectory(current)
                if let id = owner.apiKeyID {
                    return APIKeyRecord(kept: current[.apiKey, id]).flatMap { directory.caller($0, id: id) }
                }
                // Keys of the settings belong to nobody and may do everything.
                return owner.isUser ? directory.caller(owner.name) : hasKeys ? .administrator(owner.name) : nil
            },
            page: { FineTuningReport(folder: $0, program: "needletail \(programVersion)").html })
    }

    /// Adds the operations of the OpenSearch API.
    func addRoutes(to routes: inout RouteTable) { node.addRoutes(to: &routes) }

    /// Takes up what a stop or a crash interrupted, and deploys the models again that were deployed.
    func start() throws {
        for note in try machineLearning.start(on: node.backgroundThreads) {
            StandardError.write("needletail: \(note)\n")
        }
    }

    /// Writes down what has to be, and lets another process have the folder.
    func close() async {
        await machineLearning.stop()
        await transport.shutDown()
        indices.shutDown()
    }

    /// Documents are not served to everybody by mistake.
    private static func checkAccess(_ settings: ProgramSettings) throws {
        guard settings.servesDataOpenly, settings.server.apiKeys.isEmpty else { return }
        let host = settings.server.host
        let octets = host.split(separator: ".", omittingEmptySubsequences: false).map { UInt8($0) }
        let isLoopback = octets.count == 4 && octets[0] == 127 && octets.allSatisfy { $0 != nil }
        guard host == "localhost" || host == "::1" || isLoopback else {
            throw CommandFailure(
                .badConfiguration,
                "data.insecure: \(host) can be reached from other machines; listen on 127.0.0.1, or leave --insecure out: then "
                    + "users have passwords and connections are encrypted."
            )
        }
    }
}
