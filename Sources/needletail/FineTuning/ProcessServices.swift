import ClusterAccess
import ClusterClient
import ConnectorHosting
import FineTuning
import Synchronization

/// What a run of the pipeline needs of this process, with the connections that are closed at its end.
final class ProcessServices: Sendable {
    /// The address of a cluster that is not named: a server on this machine.
    static let usualEndpoint = "http://localhost:9200"

    private let options: ClusterOptions
    private let clusters = Mutex<[String: HTTPCluster]>([:])
    private let transport = NetworkTransport()

    init(_ options: ClusterOptions) { self.options = options }

    /// The services, for a run that a command line repeats.
    func services(command: String) -> FineTuningServices {
        var services = FineTuningServices(
            modelPath: { name in try ModelNotFound.told { try ModelLocator.path(of: name) } },
            cluster: { [self] address in try cluster(address ?? Self.usualEndpoint) }, transport: transport,
            environment: { environmentValue($0) })
        services.program = "needletail \(programVersion)"
        services.command = command
        return services
    }

    private func cluster(_ address: String) throws -> HTTPCluster {
        let settings = try options.settings(address)
        return try clusters.withLock { clusters in
            if let cluster = clusters[address] { return cluster }
            let cluster = try HTTPCluster(settings)
            clusters[address] = cluster
            return cluster
        }
    }

    /// Closes all connections.
    func shutDown() async {
        let open = clusters.withLock { clusters in
            defer { clusters = [:] }
            return Array(clusters.values)
        }
        for cluster in open { await cluster.shutDown() }
        await transport.shutDown()
    }
}

/// A model that is not there, in the words of the command line.
struct ModelNotFound: Error, CustomStringConvertible {
    let description: String

    /// Finds a model, or says in words that it is not there.
    static func told(_ find: () throws -> String) throws -> String {
        do {
            return try find()
        } catch let failure as CommandFailure {
            throw ModelNotFound(description: failure.message)
        }
    }
}
