import Access

/// Secrets that are checked without work; what is kept of one does not contain it.
struct PlainSecrets: SecretKeeping {
    func hash(ofPassword password: String) async -> String { "plain$" + String(password.reversed()) }

    func isPassword(_ password: String, of hash: String) async -> Bool {
        await self.hash(ofPassword: password) == hash
    }

    func makeAPIKey() -> (id: String, secret: String, hash: String) {
        let id = "key\(UInt32.random(in: 0 ... .max))"
        return (id, "secret-of-\(id)", "hash-of-\(id)")
    }
}
