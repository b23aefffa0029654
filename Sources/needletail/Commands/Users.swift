import ArgumentParser

/// `needletail users`: the users of a data folder, without a server.
struct Users: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the users of a data folder, and give one another password.",
        discussion: """
            Works on a data folder that no server has open: for whoever lost the password of the user admin. With a server, users and \
            roles are administrated at /_plugins/_security/api.

            Examples:
              needletail users list --data ./data
              needletail users reset-password --data ./data
            """,
        subcommands: [UsersList.self, UsersResetPassword.self])
}
