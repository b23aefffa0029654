import JSON

extension DocumentDraft {
    /// The id of the group of a name; nil if there is none.
    func modelGroup(named name: String) -> String? {
        all(.modelGroup).first { $0.document.text("name") == name }?.id
    }

    /// Adds a group.
    ///
    /// - Parameter shared: `access`, and `backend_roles` and `owner` where there are some.
    mutating func addModelGroup(_ name: String, description: String?, _ shared: JSONObject, id: String? = nil) -> String
    {
        let id = id ?? DocumentID.next()
        var source: JSONObject = ["name": .string(name), "latest_version": 0]
        if let description { source["description"] = .string(description) }
        for name in ["backend_roles", "owner", "access"] { if let value = shared[name] { source[name] = value } }
        source["created_time"] = .number(JSONNumber(Int(now)))
        source["last_updated_time"] = .number(JSONNumber(Int(now)))
        self[.modelGroup, id] = StoredDocument(source)
        return id
    }

    /// The number of a new model in a group.
    ///
    /// - Precondition: The group is there.
    mutating func nextVersion(in id: String) -> Int {
        guard var group = self[.modelGroup, id] else { preconditionFailure("the group was looked up") }
        let version = (group.source["latest_version"]?.int ?? 0) + 1
        group.source["latest_version"] = .number(JSONNumber(version))
        group.source["last_updated_time"] = .number(JSONNumber(Int(now)))
        self[.modelGroup, id] = group
        return version
    }

    /// Takes a model away whose registration has failed, with the group that was made for it alone.
    ///
    /// - Parameter content: its files, which tell it from a later model of the same id.
    mutating func removeUnregistered(_ id: String, content: String?) {
        guard let model = self[.model, id], MLCommons.modelState(of: model) == .registering,
            model.own["content"]?.string == content
        else { return }
        self[.model, id] = nil
        guard let groupID = model.text("model_group_id"), var group = self[.modelGroup, groupID] else { return }
        let others = all(.model).contains { $0.document.text("model_group_id") == groupID }
        if model.own["made_group"]?.bool == true, !others {
            self[.modelGroup, groupID] = nil
        } else if let version = group.source["latest_version"]?.int, model.text("model_version") == "\(version)" {
            group.source["latest_version"] = .number(JSONNumber(version - 1))
            self[.modelGroup, groupID] = group
        }
    }
}
