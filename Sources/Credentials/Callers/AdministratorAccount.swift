internal import Access
public import ClusterState

/// The user `admin`, whom a new node begins with.
public enum AdministratorAccount {
    /// The user's name.
    public static let name = "admin"
    /// The variables of the environment that may give the first password, ours before OpenSearch's.
    public static let variables = ["NEEDLETAIL_INITIAL_ADMIN_PASSWORD", "OPENSEARCH_INITIAL_ADMIN_PASSWORD"]

    /// Makes the user if the node has no users at all.
    ///
    /// - Parameter initial: the first password; nil: one is made.
    /// - Returns: the password that was made; nil if there were users, or `initial` was given.
    /// - Throws: ``AccessError`` for a password that is too weak, or what keeps the change from being made durable.
    public static func makeIfFirst(
        in metadata: MetadataStore, initial: String?, secrets: SecretKeeper
    ) async throws -> String? {
        guard metadata.current.all(.user).isEmpty else { return nil }
        let password = initial ?? RandomText.password()
        try await set(password, of: name, in: metadata, secrets: secrets, makes: true)
        return initial == nil ? password : nil
    }

    /// Gives a user another password; `admin` is made, or made an administrator again, if need be.
    ///
    /// - Throws: ``AccessError`` for a password that is too weak or a user who is not there.
    public static func set(
        _ password: String, of user: String, in metadata: MetadataStore, secrets: SecretKeeper, makes: Bool = false
    ) async throws {
        if let fault = PasswordRule.fault(in: password, of: user) { throw AccessError(fault) }
        let hash = await secrets.hash(ofPassword: password)
        try metadata.update { metadata in
            var record = UserRecord(kept: metadata[.user, user])
            if record == nil, user == name || makes { record = UserRecord(passwordHash: "") }
            guard var record else {
                throw AccessError("there is no user '\(user)'; 'admin' is made when it is not there")
            }
            record.passwordHash = hash
            if user == name {
                if !record.backendRoles.contains("admin") { record.backendRoles.append("admin") }
                if !record.roles.contains(BuiltInRoles.administrator) {
                    record.roles.append(BuiltInRoles.administrator)
                }
            }
            metadata[.user, user] = record.kept
        }
    }
}
