import Access
import ClusterState
import Credentials
import Serving
import Settings

/// Who may use the documents: the users of the data folder, of whom the first is made at the first start.
struct ServedAccess: Sendable {
    /// Finds out who asks.
    let authenticator: Authenticator
    /// Makes and checks what is kept of passwords and keys.
    let secrets: SecretKeeper
    /// What to tell whoever starts the server for the first time.
    let notes: [String]

    /// Makes the first user if there is none; nil if everybody may do everything.
    init?(_ settings: ProgramSettings, _ metadata: MetadataStore) async throws {
        guard settings.checksAccess, let dataPath = settings.dataPath else { return nil }
        secrets = SecretKeeper()
        authenticator = Authenticator(metadata, secrets: secrets)
        let name = AdministratorAccount.name
        let given = AdministratorAccount.variables.lazy.compactMap { variable in
            environmentValue(variable).flatMap { $0.isEmpty ? nil : (variable: variable, password: $0) }
        }.first
        // Whoever brings keys has a way in already.
        guard given != nil || settings.server.apiKeys.isEmpty else {
            notes = []
            return
        }
        let made: String?
        do {
            made = try await AdministratorAccount.makeIfFirst(
                in: metadata, initial: given?.password, secrets: secrets)
        } catch let error as AccessError {
            throw CommandFailure(.badConfiguration, "\(given?.variable ?? name): \(error.reason)")
        }
        guard let made else {
            notes = []
            return
        }
        if Terminal.error.isTerminal {
            notes = ["the user \(name) has the password \(made)  - it is shown this once and kept nowhere"]
        } else {
            // What is written here may end in a log, where a password must not be.
            let path = try InitialPasswordFile.write(made, in: dataPath)
            notes = ["the password of the user \(name) is in \(path); read it and remove the file"]
        }
    }
}
