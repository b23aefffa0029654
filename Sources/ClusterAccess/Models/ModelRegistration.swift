import JSON

/// Brings a model into a cluster by ML Commons' REST API: group, version, upload in parts, deployment.
///
/// Parts of an upload are what both OpenSearch and Needletail take without a file server: `_register_meta`, then `upload_chunk` for every part. A repeated
/// call finds by the SHA-256 of the archive what an earlier one made, finishes it, and makes nothing twice.
public struct ModelRegistration: Sendable {
    /// The archive.
    public var package: ModelPackage
    /// The name of the group; it is made if there is none.
    public var group: String
    /// What the group is for, in words, where it is made.
    public var groupDescription: String?
    /// Whether the model is to answer.
    public var deploys = true
    /// Whether earlier models of the same function in the group are taken out of memory once this one answers.
    public var undeploysEarlier = false
    /// Whether the cluster's settings are changed so that they allow uploads; otherwise an error says which setting has to be.
    public var allowsUploads = false
    /// Bytes of a part of the upload; ML Commons takes 10,000,000 at most.
    public var chunkBytes = 10_000_000
    /// How long a deployment may take.
    public var patience = Duration.seconds(600)
    /// The wait before a task is looked at again; it grows to 25 times as much.
    public var interval = Duration.milliseconds(200)

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
        guard (1...10_000_000).contains(chunkBytes) else {
            throw cluster.error(.badSetting, "parts of \(chunkBytes) bytes", "Upload 1 to 10000000 bytes at a time.")
        }
        return try await cancellable {
            let archive = try PackedArchive(package.path, chunkBytes: chunkBytes)
            let models = ClusterModels(cluster: cluster)
            let groupID = try await models.group(named: group, description: groupDescription)
            let found = try await models.model(of: archive.digest, in: groupID)
            let id: String
            if let found { id = found } else { id = try await announce(archive, groupID, cluster) }
            var state = try await models.state(of: id)
            if state.name == "REGISTERING" {
                try await upload(archive, to: id, cluster, progress)
                state = try await models.state(of: id)
            }
            var model = RegisteredModel(
                id: id, name: state.document["name"]?.string ?? "", group: groupID, version: state.version,
                function: state.document["algorithm"]?.string ?? "", digest: archive.digest, wasThere: found != nil,
                isDeployed: state.isDeployed, deploymentTask: nil, undeployed: [])
            guard deploys else { return model }
            progress(ClusterProgress("deploying \(model.name)", done: 0, total: 1, unit: "models"))
            let deployment = ModelDeployment(models: models, patience: patience, interval: interval)
            model.deploymentTask = try await deployment.deploy(id, state)
            model.isDeployed = true
            progress(ClusterProgress("deploying \(model.name)", done: 1, total: 1, unit: "models"))
            if undeploysEarlier {
                for other in try await models.deployed(in: groupID, function: model.function) where other != id {
                    try await models.undeploy(other)
                    model.undeployed.append(other)
                }
            }
            return model
        }
    }

    // MARK: Upload

    private static let setting = "plugins.ml_commons.allow_registering_model_via_local_file"

    /// Fields of a registration that say where an archive is fetched, or what is computed from it here.
    private static let left: Set<String> = [
        "url", "model_content_size_in_bytes", "model_content_hash_value", "model_group_id", "total_chunks",
    ]

    /// Says what will be uploaded.
    ///
    /// - Returns: The id of the model.
    private func announce(
        _ archive: PackedArchive, _ group: String, _ cluster: any SearchCluster
    ) async throws -> String {
        guard let fields = package.registration.object else {
            throw cluster.error(.badSetting, "the registration of \(package.path) is no object")
        }
        var body = JSONObject(fields.filter { !Self.left.contains($0.key) })
        body["model_content_size_in_bytes"] = .number(JSONNumber(archive.byteCount))
        body["model_content_hash_value"] = .string(archive.digest)
        body["model_group_id"] = .string(group)
        body["total_chunks"] = .number(JSONNumber(archive.chunkCount))
        let request = ClusterRequest("POST", "/_plugins/_ml/models/_register_meta", json: .object(body))
        var reply = try await cluster.send(request)
        let isForbidden = reply.errorReason?.contains("allow_registering_model_via_local_file") == true
        if isForbidden, allowsUploads {
            _ = try await cluster.ask(
                ClusterRequest(
                    "PUT", "/_cluster/settings",
                    json: ["persistent": .object(JSONObject([(key: Self.setting, value: .bool(true))]))]))
            reply = try await cluster.send(request)
        }
        guard reply.isSuccess else {
            throw cluster.refusal(
                reply, of: request, advice: isForbidden ? "Set \(Self.setting) to true in the cluster's settings." : "")
        }
        guard let id = reply.body["model_id"]?.string else { throw cluster.malformed(request, lacks: "model_id") }
        return id
    }

    private func upload(
        _ archive: PackedArchive, to id: String, _ cluster: any SearchCluster,
        _ progress: @Sendable (ClusterProgress) -> Void
    ) async throws {
        var done = 0
        for number in 0..<archive.chunkCount {
            let bytes = archive.chunk(number)
            let path = ClusterRequest.path("_plugins", "_ml", "models", id, "upload_chunk", "\(number)")
            // What arrives twice is kept once.
            _ = try await cluster.ask(ClusterRequest("POST", path, body: bytes, isRepeatable: true))
            done += bytes.count
            progress(ClusterProgress("uploading \(package.path)", done: done, total: archive.byteCount, unit: "bytes"))
        }
    }
}
