import Access
import JSON

/// With whom something is shared: a model group, or a connector.
enum SharedAccess {
    /// Whether a caller may use and change what a document describes.
    ///
    /// What has no owner was made while nobody looked at callers, and is everybody's.
    static func isOpen(_ document: StoredDocument, to caller: Caller) -> Bool {
        guard !caller.isAdministrator, let owner = document.source["owner"]?["name"]?.string else { return true }
        switch document.text("access") {
        case "private": return owner == caller.name
        case "restricted":
            let roles = document.source["backend_roles"]?.array?.compactMap(\.string) ?? []
            return caller.backendRoles.contains { roles.contains($0) }
        default: return true
        }
    }

    /// The owner of what a caller makes, as documents show it.
    static func owner(_ caller: Caller) -> JSONValue {
        func list(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        return [
            "name": .string(caller.name), "backend_roles": list(caller.backendRoles), "roles": list(caller.roles),
            "custom_attribute_names": [],
        ]
    }
}

/// Who may use something new, as a request says it and with what holds where it says nothing.
struct AccessRequest: Sendable {
    /// What the words of errors call the thing.
    enum Subject: Sendable {
        case modelGroup
        case connector
    }

    /// `public`, `private` or `restricted`; nil if it was not said.
    let mode: String?
    /// Backend roles that were named; nil for none.
    let roles: [String]?
    /// Whether all backend roles of the caller are meant.
    let addsAllRoles: Bool

    init(_ fields: Fields) throws(MLError) {
        mode = try fields.text("access_mode")?.lowercased()
        roles = try fields.texts("backend_roles").flatMap { $0.isEmpty ? nil : $0 }
        addsAllRoles = try fields.bool("add_all_backend_roles") ?? false
        if let mode, !["public", "private", "restricted"].contains(mode) {
            throw .illegalArgument("Wrong access value")
        }
    }

    /// Whether the request says anything about access.
    var isStated: Bool { mode != nil || roles != nil || addsAllRoles }

    /// The access of what a caller makes: `access`, `backend_roles` and `owner`.
    ///
    /// Where nobody looks at callers, things are public and have no owner.
    ///
    /// Source: `MLModelGroupManager` and `TransportCreateConnectorAction` of ML Commons.
    func document(for caller: Caller?, _ subject: Subject) throws(MLError) -> JSONObject {
        let isGroup = subject == .modelGroup
        let thing = isGroup ? "model group" : "connector"
        if addsAllRoles, caller?.isAdministrator ?? false {
            throw .illegalArgument(
                isGroup
                    ? "Admin users cannot add all backend roles to a model group." : "Admin can't add all backend roles"
            )
        }
        let mode = mode ?? (roles != nil || addsAllRoles ? "restricted" : caller == nil ? "public" : "private")
        var document: JSONObject = ["access": .string(mode)]
        if let caller { document["owner"] = SharedAccess.owner(caller) }
        guard mode == "restricted" else {
            guard roles == nil, !addsAllRoles else {
                throw .illegalArgument(
                    "You can specify backend roles only for a \(thing) with the restricted access mode.")
            }
            return document
        }
        guard roles == nil || !addsAllRoles else {
            throw .illegalArgument(
                isGroup
                    ? "You cannot specify backend roles and add all backend roles at the same time."
                    : "You can't specify backend roles and add all backend roles to true at same time.")
        }
        guard let named = roles ?? (addsAllRoles ? caller?.backendRoles ?? [] : nil) else {
            throw .illegalArgument(
                isGroup
                    ? "You must specify one or more backend roles or add all backend roles to register a restricted model group."
                    : "You must specify at least one backend role or make the connector public/private for registering it."
            )
        }
        guard let caller else {
            if !named.isEmpty { document["backend_roles"] = .array(named.map { .string($0) }) }
            return document
        }
        guard !named.isEmpty else {
            throw .illegalArgument(
                isGroup
                    ? "You must have at least one backend role to register a restricted model group."
                    : "You must have at least one backend role to create a connector.")
        }
        guard caller.isAdministrator || named.allSatisfy({ caller.backendRoles.contains($0) }) else {
            throw .illegalArgument("You don't have the backend roles specified.")
        }
        document["backend_roles"] = .array(named.map { .string($0) })
        return document
    }
}
