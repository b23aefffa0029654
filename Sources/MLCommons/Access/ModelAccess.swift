public import Access
import JSON

extension MLCommons {
    /// Who asks, also where searches and ingestion use models on somebody's behalf; nil where the server knows no users, or acts by itself.
    @TaskLocal public static var caller: Caller?

    /// The caller whose rights on model groups are looked at; nil if everything is allowed.
    var checkedCaller: Caller? {
        guard let caller = Self.caller, !caller.isAdministrator, state.settings.flag(MLSetting.checksModelAccess) else {
            return nil
        }
        return caller
    }

    /// Whether a caller may use the models of a group.
    func mayUse(group id: String?) throws(MLError) -> Bool {
        guard let caller = checkedCaller, let id else { return true }
        guard let group = state[.modelGroup, id] else { throw .noModelGroup(id) }
        return SharedAccess.isOpen(group, to: caller)
    }

    /// Refuses to use a model of a group that is not shared with a caller; a model that is not there is somebody else's error.
    func checkModel(_ id: String) throws(MLError) {
        guard let model = state[.model, id] else { return }
        guard try mayUse(group: model.text("model_group_id")) else {
            throw .status(403, "User doesn't have privilege to perform this operation on this model")
        }
    }

    /// Refuses to register a model into a group that is not shared with who asks.
    func checkGroup(of request: RegisterRequest) throws(MLError) {
        if let group = request.group {
            guard try mayUse(group: group) else {
                throw .illegalArgument("You don't have permissions to perform this operation on this model.")
            }
            return
        }
        let taken = state.all(.modelGroup).first { $0.document.text("name") == request.name }
        guard let taken, try !mayUse(group: taken.id) else { return }
        if request.url == nil, request.function != .remote {
            throw .illegalArgument(
                "Without a model group ID, the system will use the model name {\(request.name)} to create a new model group. However, this name is taken by another group with id {\(taken.id)} you can't access. To register this pre-trained model, create a new model group and use its ID in your request."
            )
        }
        throw .illegalArgument(
            "The name {\(request.name)} you provided is unavailable because it is used by another model group with id {\(taken.id)} to which you do not have access. Please provide a different name."
        )
    }

    /// Operations that look at the rights of who asks before they do anything.
    ///
    /// Operations that make something look themselves, as they note the owner, and so do predictions, which searches and pipelines make, too;
    /// searches leave out what is not shared.
    func guarded(_ operation: MLOperation) -> MLOperation {
        switch operation.name {
        case "ml.get_model", "ml.update_model", "ml.delete_model", "ml.deploy_model", "ml.undeploy_model",
            "ml.upload_chunk":
            return operation.checked { [self] request in
                try checkModel(request.path("model_id"))
                // A model moves only into a group that is shared with who moves it.
                if operation.name == "ml.update_model", let group = try request.fields().text("model_group_id"),
                    state[.modelGroup, group] != nil, try !mayUse(group: group)
                {
                    throw MLError.status(
                        403,
                        "User Doesn't have privilege to re-link this model to the target model group due to no access to the target model group with model group ID \(group)"
                    )
                }
            }
        case "ml.undeploy_models":
            return operation.checked { [self] request in
                guard checkedCaller != nil else { return }
                let models = try request.fields().texts("model_ids") ?? []
                guard models.count < 2 else { throw MLError.illegalArgument("only support undeploy one model") }
                for model in models { try checkModel(model) }
            }
        case "ml.create_controller", "ml.get_controller", "ml.update_controller", "ml.delete_controller":
            return operation.checked { [self] request in
                let id = request.path("model_id")
                guard try mayUse(group: state[.model, id]?.text("model_group_id")) else {
                    throw MLError.status(
                        403,
                        "User doesn't have privilege to perform this operation on this model controller. Model ID: \(id)"
                    )
                }
            }
        case "ml.get_model_group":
            return operation.checked { [self] request in
                let id = request.path("model_group_id")
                guard try state[.modelGroup, id] == nil || mayUse(group: id) else {
                    throw MLError.status(
                        403, "User doesn't have privilege to perform this operation on this model group")
                }
            }
        case "ml.delete_model_group":
            return operation.checked { [self] request in
                let id = request.path("model_group_id")
                guard try state[.modelGroup, id] == nil || mayUse(group: id) else {
                    throw MLError(
                        400, "m_l_validation_exception", "User doesn't have privilege to delete this model group")
                }
            }
        default: return operation
        }
    }

    /// Whether a search shows a document to a caller.
    func isShown(_ document: StoredDocument, _ id: String, _ kind: DocumentKind) -> Bool {
        switch kind {
        case .modelGroup:
            guard let caller = checkedCaller else { return true }
            return SharedAccess.isOpen(document, to: caller)
        case .model: return (try? mayUse(group: document.text("model_group_id"))) ?? false
        case .connector:
            guard let caller = checkedConnectorCaller else { return true }
            return SharedAccess.isOpen(document, to: caller)
        case .task: return mayUse(task: document)
        case .controller: return true
        }
    }

    /// Refuses changes of a group by those who may not make them.
    ///
    /// Source: `TransportUpdateModelGroupAction` of ML Commons.
    func checkChange(of group: StoredDocument, _ access: AccessRequest) throws(MLError) {
        guard let caller = checkedCaller else { return }
        let isOwner = group.source["owner"]?["name"]?.string == caller.name
        if access.isStated, !isOwner {
            throw .illegalArgument("Only owner or admin can update access control data.")
        }
        guard SharedAccess.isOpen(group, to: caller) else {
            throw .illegalArgument(
                isOwner
                    ? "You don't have the specified backend role to update this model group. For more information, contact your administrator."
                    : "You don't have permission to update this model group.")
        }
    }
}
