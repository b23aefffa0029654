import ClusterState
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
    private let node: OpenSearchNode

    /// How unknown paths are told.
    static let faults: any FaultRenderer = OpenSearchFaults()

    /// Takes the data folder; nil if the settings name none.
    ///
    /// - Parameters:
    ///   - engine: its models encode the texts of queries and of documents, and score passages; models of ML Commons join them.
    ///   - hub: where models of ML Commons come from.
    init?(_ settings: ProgramSettings, engine: InferenceEngine, hub: ModelHub) throws {
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
        machineLearning = MLCommons(
            metadata: indices.metadata, folder: "\(path)/ml-models",
            supply: HubSupply(
                hub: hub, downloads: "\(path)/downloads", reachesPrivateAddresses: settings.reachesPrivateAddresses,
                companions: CompanionModels(standsIn: settings.startersStandIn) { ModelLocator.inFolders($0) }),
            host: EngineHost(engine: engine, precision: settings.deployedPrecision))
        let encoding = NodeEncoding(
            machineLearning, queries: EngineQueryEncoding(engine), documents: TextBatchEncoder(engine),
            passages: EnginePassageScoring(engine))
        node = OpenSearchNode(
            indices: indices, name: settings.nodeName, clusterName: settings.clusterName,
            address: "\(settings.server.host):\(settings.server.port)",
            namesElasticProduct: settings.namesElasticProduct,
            cores: settings.inference.threads ?? WorkerPool.defaultThreadCount, encoder: encoding, scorer: encoding,
            documentEncoder: encoding, machineLearning: machineLearning)
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
        indices.shutDown()
    }

    /// Documents are not served to everybody by mistake.
    private static func checkAccess(_ settings: ProgramSettings) throws {
        guard settings.server.apiKeys.isEmpty else { return }
        guard settings.servesDataOpenly else {
            throw CommandFailure(
                .badConfiguration,
                "data.path: whoever reaches the port could read and change all documents. Name keys (--api-keys), which clients "
                    + "send as Authorization: Bearer KEY or as the password of basic authentication, or say --insecure."
            )
        }
        let host = settings.server.host
        guard host == "localhost" || host == "::1" || host.hasPrefix("127.") else {
            throw CommandFailure(
                .badConfiguration,
                "data.insecure: \(host) can be reached from other machines; listen on 127.0.0.1, or name keys (--api-keys)."
            )
        }
    }
}
