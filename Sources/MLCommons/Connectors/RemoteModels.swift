import Access
import Connectors
import JSON

/// Registration and deployment of models that other servers have: nothing is fetched and nothing is loaded, so both are done at once.
extension MLCommons {
    /// Registers a remote model.
    func registerRemote(_ request: RegisterRequest) throws -> MLReply {
        let services = try connectorServices()
        var own = JSONObject()
        var shown: JSONObject?
        if let id = request.connectorID {
            guard mayUse(connector: try connector(id)) else {
                throw MLError.illegalArgument(
                    "You don't have permission to use the connector provided, connector id: \(id)")
            }
        } else {
            guard let connector = request.connector else {
                throw MLError.illegalArgument(
                    "You must provide connector content when creating a remote model without connector id!")
            }
            let credential = try readCredential(connector)
            let definition = try readConnector(connector, credential: credential)
            guard definition.actions.contains(where: { $0.kind == .predict }) else {
                throw MLError.illegalArgument(
                    "Connector endpoint is required when creating a remote model without connector id!")
            }
            own["connector_credential"] = .object(
                try StoredConnector(definition, sealing: credential, services.cipher).sealed)
            shown = definition.document
        }
        let (model, task) = try state.update { draft in
            let id = try draft.addModel(request, own: own)
            guard var model = draft[.model, id] else { throw MLError.noModel(id) }
            model.source["model_state"] = .string(ModelState.registered.rawValue)
            model.source["last_registered_time"] = .number(JSONNumber(Int(draft.now)))
            if let connector = request.connectorID { model.source["connector_id"] = .string(connector) }
            if let shown { model.source["connector"] = .object(shown) }
            model.own["made_group"] = nil
            draft[.model, id] = model
            let task = draft.addTask(.registerModel, .remote, model: id, node: nodeID)
            draft.end(task: task, .completed, model: id)
            return (id, task)
        }
        if request.deploys { _ = try deployRemote(model) }
        return MLReply(["task_id": .string(task), "status": "CREATED", "model_id": .string(model)])
    }

    /// Deploys a remote model.
    ///
    /// - Returns: The id of the task, which is over.
    @discardableResult
    func deployRemote(_ id: String) throws -> String {
        _ = try remoteConnector(of: id)
        return try state.update { draft in
            guard draft[.model, id] != nil else { throw MLError.noModel(id) }
            let task = draft.addTask(.deployModel, .remote, model: id, node: nodeID)
            draft.markDeployed(id, node: nodeID)
            draft.end(task: task, .completed)
            uses.loaded(id, .remote, at: draft.now)
            return task
        }
    }

    /// Deploys a remote model that is asked for before anybody has deployed it, if the settings say so.
    func deployIfRemote(_ id: String) throws {
        guard let model = state[.model, id], Self.function(of: model) == .remote,
            state.settings.flag(MLSetting.deploysRemoteModels),
            model.source["deploy_setting"]?["is_auto_deploy_enabled"]?.bool != false
        else { return }
        try deployRemote(id)
    }

    /// The connector of a remote model.
    func remoteConnector(of id: String) throws(MLError) -> StoredConnector {
        let model = try model(id)
        do throws(ConnectorError) {
            if let shared = model.text("connector_id") {
                guard let connector = state[.connector, shared] else {
                    throw ConnectorError(
                        404, "status_exception",
                        "Failed to find connector with the provided connector id: \(shared), which model \(id) uses. Give the model another one with PUT /_plugins/_ml/models/\(id)."
                    )
                }
                return try StoredConnector(connector.source, sealed: connector.own["credential"]?.object)
            }
            return try StoredConnector(
                model.source["connector"]?.object ?? [:], sealed: model.own["connector_credential"]?.object)
        } catch {
            throw MLError(error)
        }
    }

    /// Gives a remote model another connector, or changes its own.
    func updateConnector(of model: inout StoredDocument, _ fields: Fields) throws {
        let shared = try fields.text("connector_id")
        let own = try fields.fields("connector")
        guard shared != nil || own != nil else { return }
        guard Self.function(of: model) == .remote else {
            throw MLError.illegalArgument("Trying to update the connector or connector_id field on a local model")
        }
        let services = try connectorServices()
        if let shared {
            guard mayUse(connector: try connector(shared)) else {
                throw MLError.illegalArgument(
                    "You don't have permission to update the connector, connector id: \(shared)")
            }
            guard model.source["connector"] == nil else {
                throw MLError.illegalArgument(
                    "This remote does not have a connector_id field, maybe it uses an internal connector")
            }
            model.source["connector_id"] = .string(shared)
        }
        if let own {
            guard let old = model.source["connector"]?.object else {
                throw MLError.illegalArgument(
                    "This remote does not have an internal connector, maybe it uses a connector_id field")
            }
            let changed = try changed(
                old, sealed: model.own["connector_credential"]?.object, by: own.object, services.cipher)
            model.source["connector"] = .object(changed.definition.document)
            model.own["connector_credential"] = .object(changed.sealed)
        }
    }
}

extension DocumentDraft {
    /// Notes that a model answers.
    mutating func markDeployed(_ id: String, node: String) {
        guard var model = self[.model, id] else { return }
        model.source["model_state"] = .string(ModelState.deployed.rawValue)
        model.source["planning_worker_node_count"] = 1
        model.source["current_worker_node_count"] = 1
        model.source["planning_worker_nodes"] = [.string(node)]
        model.source["deploy_to_all_nodes"] = true
        model.source["last_deployed_time"] = .number(JSONNumber(Int(now)))
        model.source["last_updated_time"] = .number(JSONNumber(Int(now)))
        model.own["deploy_task"] = nil
        self[.model, id] = model
    }
}
