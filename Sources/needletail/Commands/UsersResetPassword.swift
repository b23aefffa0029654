import Access
import ArgumentParser
import ClusterState
import Credentials
import JSON

/// `needletail users reset-password`: another password for a user, without the old one.
struct UsersResetPassword: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset-password", abstract: "Give a user another password, without the old one.",
        discussion: """
            A password is made and printed, unless one is given on standard input or as NEEDLETAIL_INITIAL_ADMIN_PASSWORD. The user \
            admin is made when it is not there, and is an administrator afterwards.

            Examples:
              needletail users reset-password --data ./data
              needletail users reset-password ada --data ./data --stdin < password.txt
            """)

    @Argument(help: ArgumentHelp("The user.", valueName: "user"))
    var user = AdministratorAccount.name

    @OptionGroup var data: DataOptions

    @Flag(help: "Read the password from the first line of standard input.")
    var stdin = false

    func run() async throws {
        var given: String?
        if stdin {
            given = readLine(strippingNewline: true) ?? ""
        } else if user == AdministratorAccount.name {
            given = AdministratorAccount.variables.lazy.compactMap { environmentValue($0) }.first { !$0.isEmpty }
        }
        let password = given ?? RandomText.password()
        let store = try data.openMetadata()
        defer { store.close() }
        guard user == AdministratorAccount.name || store.metadata.current[.user, user] != nil else {
            throw CommandFailure(
                .missingInput, "there is no user '\(user)'; 'needletail users list' shows those that there are.")
        }
        do {
            try await AdministratorAccount.set(password, of: user, in: store.metadata, secrets: SecretKeeper())
        } catch let error as AccessError {
            throw CommandFailure(.badData, error.reason)
        }
        if given == nil {
            try StandardOutput.print("\(password)\n")
        } else {
            StandardError.write("The user \(user) has the given password.\n")
        }
    }
}
