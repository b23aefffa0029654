import JSON

/// Brings a model into a cluster by ML Commons' REST API: group, version, upload in parts, deployment.
///
/// Parts of an upload are what both OpenSearch and Needletail take without a file server: `_register_meta`, then `upload_chunk` for every 10 MB. A repeated call finds by
/// the SHA-256 of the archive what an earlier one made, finishes it, and makes nothing twice.
public struct ModelRegistration: Sendable {
    /// The archive.
    public var package: ModelPackage
    /// The name of the group; it is made if there is none.
    public var group: String
    /// What the group is for, in words, where it is made.
    public var groupDescription: String?
    /// Whether the model is to answer.
    public var deploys = true
    /// Whether earlier versions of the same function in the group are taken out of memory once this one answers.
    public var undeploysEarlier = false
    /// Whether the cluster's settings are changed so that they allow uploads; otherwise an error says which setting has to be.
    public var allowsUploads = false
    /// How long a deployment may take.
    public var patience = Duration.seconds(600)

    /// A registration in a group, which has the model's name unless another one is given.
    public init(_ package: ModelPackage, group: String? = nil) {
        self.package = package
        self.group = group ?? package.registration["name"]?.string ?? ""
    }

    /// Registers and deploys the model.
    ///
    /// - Parameter progress: Is told how far it is: bytes of the upload, then the deployment.
    /// - Throws: ``ClusterError``, with the cluster's own reason; `ModelFileError` if the archive cannot be read; `CancellationError`.
    public func run(
        on cluster: any SearchCluster, progress: @Sendable (ClusterProgress) -> Void = { _ in }
    ) async throws -> RegisteredModel {
        throw ClusterError(.unsupported, cluster: cluster.name, reason: "registration is not there yet")
    }
}
